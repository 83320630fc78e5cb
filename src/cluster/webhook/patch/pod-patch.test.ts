import { describe, expect, it } from 'vitest'
import {
  account,
  addedAt,
  codesOf,
  decide,
  listed,
  MOUNT_PATH,
  pod,
  ROLE,
  variableOf,
  variablesOf,
} from '../testing/pods.ts'

const ALL = { region: 'eu-west-1', usesRegionalSts: true } as const
const TOKEN_MOUNT = { name: 'aws-iam-token', readOnly: true, mountPath: MOUNT_PATH }

describe('the patch', () => {
  it('adds volume, variables and mount, in the order of the reference', () => {
    expect(
      decide(pod({ initContainers: [{ name: 'init', env: [] }] }), account(), ALL).operations.map(({ path }) => path),
    ).toEqual([
      '/spec/volumes',
      ...Array.from({ length: 5 }, () => '/spec/initContainers/0/env/-'),
      '/spec/initContainers/0/volumeMounts',
      '/spec/containers/0/env',
      '/spec/containers/0/volumeMounts',
    ])
    expect(variablesOf(decide(pod(), account(), ALL))).toEqual([
      'AWS_STS_REGIONAL_ENDPOINTS',
      'AWS_DEFAULT_REGION',
      'AWS_REGION',
      'AWS_ROLE_ARN',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
    ])
  })

  it('leaves what is there where it is', () => {
    const containers = [
      { name: 'app', env: [{ name: 'HOME', value: '/' }], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ]
    const decision = decide(pod({ containers, volumes: [{ name: 'data', emptyDir: {} }] }))
    expect(decision.operations.map(({ path }) => path)).toEqual([
      '/spec/volumes/0',
      '/spec/containers/0/env/-',
      '/spec/containers/0/env/-',
      '/spec/containers/0/volumeMounts/-',
    ])
  })

  it('never reaches ephemeral containers', () => {
    const { operations } = decide(pod({ ephemeralContainers: [{ name: 'debug' }] }))
    expect(operations.filter(({ path }) => path.includes('ephemeral'))).toEqual([])
  })

  it('reaches each of 200 containers', () => {
    const containers = Array.from({ length: 200 }, (_, at) => ({ name: `c${at}` }))
    expect(decide(pod({ containers })).operations).toHaveLength(401)
  })

  it('is none for a pod without a specification', () => {
    expect(decide({ metadata: {} })).toMatchObject({ reason: 'nothing-to-add', operations: [] })
  })

  it('replaces whole arrays only when the reference shall be followed in that', () => {
    const settings = { compatibility: new Set(['whole-arrays'] as const) }
    const decision = decide(pod({ initContainers: [{ name: 'init' }] }), account(), settings)
    expect(decision.operations.map(({ path }) => path)).toEqual([
      '/spec/volumes',
      '/spec/containers',
      '/spec/initContainers',
    ])
    // A number that would come out as another one keeps the array from being written again.
    const large = { name: 'app', securityContext: { runAsUser: 2 ** 60 } }
    expect(addedAt(decide(pod({ containers: [large] }), account(), settings), '/spec/containers')).toEqual([])
  })
})

describe('variables that are set by hand', () => {
  const withVariables = (...names: readonly string[]) =>
    pod({ containers: [{ name: 'app', env: names.map((name) => ({ name, value: 'mine' })) }] })

  it('keep their group out, with a warning when it is half set', () => {
    const decision = decide(withVariables('AWS_ROLE_ARN'), account(), ALL)
    expect(variablesOf(decision)).toEqual(['AWS_STS_REGIONAL_ENDPOINTS', 'AWS_DEFAULT_REGION', 'AWS_REGION'])
    expect(decision.warnings).toEqual([
      {
        code: 'half-set-group',
        text: 'AWS_ROLE_ARN is set by hand, so AWS_WEB_IDENTITY_TOKEN_FILE is not added: container `app`',
      },
    ])
    expect(codesOf(decide(withVariables('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE')))).toEqual([])
    expect(codesOf(decide(withVariables('AWS_REGION'), account(), ALL))).toEqual(['half-set-group'])
    expect(codesOf(decide(withVariables('AWS_REGION')))).toEqual([])
  })

  it('keep the mount out, too, when all groups are set', () => {
    const decision = decide(withVariables('AWS_ROLE_ARN', 'AWS_REGION', 'AWS_STS_REGIONAL_ENDPOINTS'), account(), ALL)
    expect(decision.operations.map(({ path }) => path)).toEqual(['/spec/volumes'])
  })
})

describe('names and paths that are taken', () => {
  const mounting = (mount: object, volumes: readonly object[] = []) =>
    pod({ containers: [{ name: 'app', volumeMounts: [mount] }, { name: 'other' }], volumes })

  it('leave the container alone whose mount path has another mount', () => {
    for (const mountPath of [MOUNT_PATH, `${MOUNT_PATH}/`]) {
      const decision = decide(mounting({ name: 'own', mountPath }))
      expect(variablesOf(decision)).toEqual([])
      expect(addedAt(decision, '/spec/containers/0/volumeMounts/-')).toEqual([])
      expect(variablesOf(decision, '/spec/containers/1')).toEqual(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'])
      expect(codesOf(decision)).toEqual(['mount-path-taken'])
      const restored = { compatibility: new Set(['taken-mount-path'] as const) }
      expect(
        addedAt(decide(mounting({ name: 'own', mountPath }), account(), restored), '/spec/containers/0/volumeMounts/-'),
      ).toEqual([TOKEN_MOUNT])
    }
  })

  it('leave all containers alone when the name of the volume is that of another', () => {
    const subject = pod({ volumes: [{ name: 'aws-iam-token', emptyDir: {} }] })
    const decision = decide(subject)
    expect(decision).toMatchObject({ reason: 'nothing-to-add', operations: [] })
    expect(codesOf(decision)).toEqual(['volume-name-taken'])
    const restored = { compatibility: new Set(['taken-volume-name'] as const) }
    expect(addedAt(decide(subject, account(), restored), '/spec/containers/0/volumeMounts')).toEqual([[TOKEN_MOUNT]])
  })

  it('are no hindrance when the volume holds the token', () => {
    const sources = [{ serviceAccountToken: { path: 'token', audience: 'mine' } }]
    const decision = decide(pod({ volumes: [{ name: 'aws-iam-token', projected: { sources } }] }))
    expect(decision.operations.map(({ path }) => path)).toEqual([
      '/spec/containers/0/env',
      '/spec/containers/0/volumeMounts',
    ])
    expect(decision.warnings).toEqual([])
  })

  it('are used as they are by a container that mounts the volume by hand', () => {
    const decision = decide(
      mounting({ name: 'aws-iam-token', mountPath: '/mine' }, [{ name: 'aws-iam-token', emptyDir: {} }]),
    )
    expect(variablesOf(decision)).toEqual(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'])
    expect(codesOf(decision)).toEqual(['mounted-elsewhere', 'volume-name-taken'])
  })
})

describe('a Windows pod', () => {
  it('is one by its node selector or by spec.os, and finds its token below C:', () => {
    const windows = 'C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token'
    const fileOf = (spec: object, settings = {}) =>
      variableOf(decide(pod(spec), account(), settings), 'AWS_WEB_IDENTITY_TOKEN_FILE')
    expect(fileOf({ nodeSelector: { 'kubernetes.io/os': 'windows' } })).toBe(windows)
    expect(fileOf({ nodeSelector: { 'beta.kubernetes.io/os': 'windows' } })).toBe(windows)
    expect(fileOf({ os: { name: 'windows' } })).toBe(windows)
    expect(fileOf({ os: { name: 'windows' } }, { compatibility: new Set(['node-selector-os']) })).toBe(
      `${MOUNT_PATH}/token`,
    )
    expect(fileOf({ os: { name: 'linux' } })).toBe(`${MOUNT_PATH}/token`)
  })
})

describe('the label of container credentials', () => {
  it('is added before everything else, to the labels that there are', () => {
    const added = (metadata: object) => decide(pod({}, metadata), listed()).operations[0]
    expect(added({})).toEqual({
      op: 'add',
      path: '/metadata/labels',
      value: { 'eks.amazonaws.com/pod-identity': 'enabled' },
    })
    expect(added({ labels: { app: 'shop' } })).toEqual({
      op: 'add',
      path: '/metadata/labels/eks.amazonaws.com~1pod-identity',
      value: 'enabled',
    })
    expect(added({ labels: { 'eks.amazonaws.com/pod-identity': 'enabled' } })?.path).toBe('/spec/volumes')
    expect(decide({ spec: {} }, listed()).operations[0]).toEqual({ op: 'add', path: '/metadata', value: {} })
  })
})

describe("an endpoint of one's own", () => {
  const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  const CA_PATH = '/var/run/secrets/openirsa.dev/certificate-authority'
  const endpoint = { url: 'https://openirsa.shop:4566', certificateAuthorityPem: PEM }

  it('is named after the variables of the reference, and its certificates after that', () => {
    expect(
      variablesOf(decide(pod(), account(), { ...ALL, endpoint: { ...endpoint, stsUrl: 'https://sts.shop' } })).slice(3),
    ).toEqual([
      'AWS_ROLE_ARN',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      'AWS_ENDPOINT_URL',
      'AWS_ENDPOINT_URL_STS',
      'AWS_CA_BUNDLE',
      'NODE_EXTRA_CA_CERTS',
    ])
  })

  it('brings its certificates as an annotation that the downward API shows as a file', () => {
    const decision = decide(pod(), account(), { endpoint })
    expect(addedAt(decision, '/metadata/annotations')).toEqual([{ 'openirsa.dev/certificate-authority': PEM }])
    const fieldRef = { fieldPath: "metadata.annotations['openirsa.dev/certificate-authority']" }
    expect(addedAt(decision, '/spec/volumes/-')).toEqual([
      {
        name: 'openirsa-certificate-authority',
        projected: { sources: [{ downwardAPI: { items: [{ path: 'ca.pem', fieldRef }] } }] },
      },
    ])
    expect(addedAt(decision, '/spec/containers/0/volumeMounts')).toEqual([
      [TOKEN_MOUNT, { name: 'openirsa-certificate-authority', readOnly: true, mountPath: CA_PATH }],
    ])
    expect(variableOf(decision, 'AWS_CA_BUNDLE')).toBe(`${CA_PATH}/ca.pem`)
    expect(variableOf(decision, 'NODE_EXTRA_CA_CERTS')).toBe(`${CA_PATH}/ca.pem`)
  })

  it('goes to pods with an identity only', () => {
    expect(decide(pod(), account({}), { endpoint }).operations).toEqual([])
  })

  it('gives way to what a container has', () => {
    const env = ['AWS_ENDPOINT_URL', 'AWS_CA_BUNDLE'].map((name) => ({ name, value: 'mine' }))
    const decision = decide(pod({ containers: [{ name: 'app', env }] }), account(), { endpoint })
    expect(variablesOf(decision)).toEqual(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'NODE_EXTRA_CA_CERTS'])
    expect(codesOf(decision)).toEqual(['certificate-authority-not-injected'])
  })

  it('brings no certificates, with a warning, where the pod has no room for them', () => {
    const crowded = [
      pod({ volumes: [{ name: 'openirsa-certificate-authority', emptyDir: {} }] }),
      pod({}, { annotations: { large: 'x'.repeat(262_100) } }),
      pod({ containers: [{ name: 'app', volumeMounts: [{ name: 'own', mountPath: CA_PATH }] }] }),
    ]
    for (const subject of crowded) {
      const decision = decide(subject, account(), { endpoint })
      expect(variablesOf(decision)).toEqual(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ENDPOINT_URL'])
      expect(codesOf(decision)).toEqual(['certificate-authority-not-injected'])
    }
  })

  it('leaves an annotation that the pod has', () => {
    const decision = decide(pod({}, { annotations: { 'openirsa.dev/certificate-authority': 'mine' } }), account(), {
      endpoint,
    })
    expect(decision.operations.filter(({ path }) => path.startsWith('/metadata'))).toEqual([])
    expect(variablesOf(decision)).toContain('AWS_CA_BUNDLE')
  })

  it('is below C: in a Windows pod', () => {
    expect(
      variableOf(
        decide(pod({ os: { name: 'windows' } }), account({ 'role-arn': ROLE }), { endpoint }),
        'AWS_CA_BUNDLE',
      ),
    ).toBe('C:\\var\\run\\secrets\\openirsa.dev\\certificate-authority\\ca.pem')
  })
})
