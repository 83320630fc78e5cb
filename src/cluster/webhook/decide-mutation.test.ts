import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/index.ts'
import { seededRandomness } from '../../core/testing/fixed.ts'
import { decideMutation } from './decide-mutation.ts'
import type { ConfigMapIdentity, IdentityLookup } from './model.ts'
import { DEFAULT_WEBHOOK_SETTINGS } from './settings.ts'
import { account, codesOf, decide, listed, pod, ROLE, tokenOf, variableOf, variablesOf } from './testing/pods.ts'

const MAPPED = 'arn:aws:iam::111122223333:role/mapped'

function mapped(entry: Partial<ConfigMapIdentity> = {}): ConfigMapIdentity {
  const written = {
    key: 'shop/orders',
    roleArn: MAPPED,
    audience: 'mine',
    usesRegionalSts: false,
    tokenExpirationSeconds: 0,
  }
  return { ...written, ...entry }
}

const UNKNOWN: IdentityLookup = { serviceAccount: { outcome: 'unknown' }, containerCredentials: 'unlisted' }
const UNSYNCED: IdentityLookup = { serviceAccount: { outcome: 'unsynced' }, containerCredentials: 'unlisted' }
const UNREADABLE: IdentityLookup = {
  serviceAccount: { outcome: 'unreadable', why: 'timed out' },
  containerCredentials: 'unlisted',
}

describe('whose role a pod gets', () => {
  it('is that of its service account', () => {
    const decision = decide(pod())
    expect(decision).toMatchObject({ allowed: true, reason: 'web-identity-injected', method: 'sts_web_identity' })
    expect(decision.auditAnnotations).toEqual({
      reason: 'web-identity-injected',
      source: 'service-account',
      'role-arn': ROLE,
    })
    expect(variableOf(decision, 'AWS_ROLE_ARN')).toBe(ROLE)
    expect(decision.warnings).toEqual([])
  })

  it('is that of the ConfigMap when the service account names none', () => {
    for (const lookup of [account({}), UNKNOWN]) {
      const decision = decide(pod(), { ...lookup, configMap: mapped() })
      expect(variableOf(decision, 'AWS_ROLE_ARN')).toBe(MAPPED)
      expect(decision.auditAnnotations).toMatchObject({ source: 'config-map' })
    }
    expect(variableOf(decide(pod(), { ...account(), configMap: mapped() }), 'AWS_ROLE_ARN')).toBe(ROLE)
  })

  it("is nobody's where neither names one: no patch, and the reason", () => {
    expect(decide(pod(), account({}))).toMatchObject({ allowed: true, reason: 'no-role', operations: [] })
    expect(decide(pod(), UNKNOWN)).toMatchObject({ allowed: true, reason: 'service-account-unknown', operations: [] })
    expect(decide(pod(), { ...UNKNOWN, configMap: mapped({ roleArn: '' }) }).operations).toEqual([])
  })

  it('gives way to container credentials', () => {
    const decision = decide(pod(), listed(account()))
    expect(decision).toMatchObject({ reason: 'container-credentials-injected', method: 'container_credentials' })
    expect(variablesOf(decision)).toEqual([
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    ])
    expect(tokenOf(decision)).toMatchObject({ audience: 'pods.eks.amazonaws.com', path: 'eks-pod-identity-token' })
  })

  it('is composed of a name and the account of the webhook, if that is asked for', () => {
    const settings = { composeRoleArn: { partition: 'aws-cn', account: '111122223333' } }
    const roleOf = (written: string) =>
      variableOf(decide(pod(), account({ 'role-arn': written }), settings), 'AWS_ROLE_ARN')
    expect(roleOf('team/orders')).toBe('arn:aws-cn:iam::111122223333:role/team/orders')
    expect(roleOf(ROLE)).toBe(ROLE)
    expect(roleOf('')).toBeUndefined()
    expect(variableOf(decide(pod(), account({ 'role-arn': 'orders' })), 'AWS_ROLE_ARN')).toBe('orders')
  })

  it('is injected with a warning when it is no ARN of a role', () => {
    for (const written of ['orders', 'arn:aws:iam::1:role/x', 'arn:aws:iam::111122223333:user/x', `${ROLE} `]) {
      const decision = decide(pod(), account({ 'role-arn': written }))
      expect(variableOf(decision, 'AWS_ROLE_ARN')).toBe(written)
      expect(codesOf(decision)).toEqual(['invalid-role-arn'])
    }
  })

  it('is not injected, with a warning, when it is blank', () => {
    for (const written of ['', ' ', '\t']) {
      const decision = decide(pod(), account({ 'role-arn': written }))
      expect(decision).toMatchObject({ allowed: true, reason: 'blank-role', operations: [] })
      expect(codesOf(decision)).toEqual(['blank-role'])
      const other = decide(pod(), { ...account({ 'role-arn': written }), configMap: mapped() })
      expect(variableOf(other, 'AWS_ROLE_ARN')).toBe(MAPPED)
    }
    expect(codesOf(decide(pod(), { ...UNKNOWN, configMap: mapped({ roleArn: ' ' }) }))).toEqual(['blank-role'])
    const restored = { compatibility: new Set(['blank-role'] as const) }
    expect(variableOf(decide(pod(), account({ 'role-arn': ' ' }), restored), 'AWS_ROLE_ARN')).toBe(' ')
  })
})

describe('what cannot be decided', () => {
  it.each([
    [UNSYNCED, 'service-accounts-unsynced'],
    [UNREADABLE, 'service-account-unreadable'],
  ])('lets the pod through with a warning under Ignore, and refuses it under Fail', (lookup, reason) => {
    const ignored = decide(pod(), lookup)
    expect(ignored).toMatchObject({ allowed: true, reason, operations: [] })
    expect(codesOf(ignored)).toEqual(['undecidable-identity'])
    const refused = decide(pod(), lookup, { failurePolicy: 'Fail' })
    expect(refused).toMatchObject({ allowed: false, reason, operations: [], auditAnnotations: { reason } })
    expect(refused.message).toMatch(/service account/)
  })

  it('leaves the word to the ConfigMap under Ignore', () => {
    const decision = decide(pod(), { ...UNREADABLE, configMap: mapped() })
    expect(variableOf(decision, 'AWS_ROLE_ARN')).toBe(MAPPED)
    expect(codesOf(decision)).toEqual(['undecidable-identity'])
    expect(decide(pod(), { ...UNREADABLE, configMap: mapped() }, { failurePolicy: 'Fail' }).allowed).toBe(false)
  })

  it('is not the identity of container credentials, also under Fail', () => {
    const decision = decide(pod(), listed(UNREADABLE), { failurePolicy: 'Fail' })
    expect(decision).toMatchObject({ allowed: true, reason: 'container-credentials-injected' })
    expect(codesOf(decision)).toEqual(['undecidable-identity'])
  })

  it('is not a bad annotation: under Fail, too, it only warns', () => {
    const bad = account({ 'role-arn': 'x', audience: '', 'token-expiration': 'soon', 'sts-regional-endpoints': 'yes' })
    const subject = pod({}, { annotations: { 'eks.amazonaws.com/skip-containers': '"' } })
    const decision = decide(subject, bad, { failurePolicy: 'Fail' })
    expect(decision.allowed).toBe(true)
    expect([...codesOf(decision)].sort()).toEqual([
      'empty-audience',
      'invalid-expiration',
      'invalid-regional-sts',
      'invalid-role-arn',
      'invalid-skip-containers',
    ])
  })

  it.each([
    [{ spec: [] }, 'bad content: spec is not an object'],
    [{ spec: { containers: {} } }, 'bad content: spec.containers is not an array'],
    [{ spec: { containers: [null] } }, 'bad content: spec.containers has an element that is not an object'],
    [{ spec: { containers: [{ name: 1 }] } }, 'bad content: spec.containers[].name is not a string'],
    [
      { spec: { initContainers: [{ env: ['x'] }] } },
      'bad content: spec.initContainers[].env has an element that is not an object',
    ],
    [{ metadata: { annotations: { a: 1 } } }, 'bad content: metadata.annotations.a is not a string'],
  ])('is also a pod that is none: %j is refused under either profile', (subject, message) => {
    for (const failurePolicy of ['Ignore', 'Fail'] as const) {
      expect(decide(subject, account(), { failurePolicy })).toMatchObject({
        allowed: false,
        reason: 'malformed',
        message,
      })
    }
  })
})

describe('the token', () => {
  const expirationOf = (annotations: Record<string, string>, podAnnotation?: string, settings = {}) => {
    const metadata =
      podAnnotation === undefined ? {} : { annotations: { 'eks.amazonaws.com/token-expiration': podAnnotation } }
    const decision = decide(pod({}, metadata), account({ 'role-arn': ROLE, ...annotations }), settings)
    const { expirationSeconds } = tokenOf(decision) as { readonly expirationSeconds: number }
    return [expirationSeconds, ...codesOf(decision)]
  }

  it('lasts as long as the pod says, or its service account, or the flag', () => {
    expect(expirationOf({})).toEqual([86_400])
    expect(expirationOf({}, undefined, { tokenExpirationSeconds: 3600 })).toEqual([3600])
    expect(expirationOf({ 'token-expiration': '7200' }, undefined, { tokenExpirationSeconds: 3600 })).toEqual([7200])
    expect(expirationOf({ 'token-expiration': '7200' }, '900')).toEqual([900])
    expect(expirationOf({ 'token-expiration': '7200' }, 'soon')).toEqual([7200, 'invalid-expiration'])
    expect(expirationOf({ 'token-expiration': 'later' }, 'soon')).toEqual([
      86_400,
      'invalid-expiration',
      'invalid-expiration',
    ])
  })

  it('lasts 600 to 86400 seconds, with a warning for whoever wants another time', () => {
    expect(expirationOf({}, '0')).toEqual([600, 'clamped-expiration'])
    expect(expirationOf({ 'token-expiration': '-1' })).toEqual([600, 'clamped-expiration'])
    expect(expirationOf({}, '5000000000')).toEqual([86_400, 'clamped-expiration'])
    expect(expirationOf({}, undefined, { tokenExpirationSeconds: 60 })).toEqual([600])
    expect(expirationOf({}, undefined, { tokenExpirationSeconds: 100_000 })).toEqual([86_400])
    expect(expirationOf({}, '5000000000', { compatibility: new Set(['unclamped-expiration']) })).toEqual([
      5_000_000_000,
    ])
  })

  it('lasts what the ConfigMap says, where 0 is the flag', () => {
    const lasts = (tokenExpirationSeconds: number, settings = {}) => {
      const decision = decide(pod(), { ...UNKNOWN, configMap: mapped({ tokenExpirationSeconds }) }, settings)
      return [(tokenOf(decision) as { readonly expirationSeconds: number }).expirationSeconds, ...codesOf(decision)]
    }
    expect(lasts(0, { tokenExpirationSeconds: 3600 })).toEqual([3600])
    expect(lasts(900)).toEqual([900])
    expect(lasts(300)).toEqual([600, 'clamped-expiration'])
    expect(lasts(300, { compatibility: new Set(['unclamped-expiration']) })).toEqual([300])
  })

  it('of container credentials ends at another time for each pod, but only where it lasts the default', () => {
    const lasts = (lookup: IdentityLookup, settings = {}) =>
      (tokenOf(decide(pod(), lookup, settings)) as { readonly expirationSeconds: number }).expirationSeconds
    const drawn = lasts(listed())
    expect(drawn).toBeGreaterThanOrEqual(79_200)
    expect(drawn).toBeLessThan(86_400)
    expect(lasts(listed(account({ 'token-expiration': '7200' })))).toBe(7200)
    expect(lasts(listed(account({})), { tokenExpirationSeconds: 3600 })).toBe(3600)
    expect(lasts(listed({ ...UNKNOWN, configMap: mapped({ tokenExpirationSeconds: 900 }) }))).toBe(900)
    const wildcard = mapped({ key: '*/orders', tokenExpirationSeconds: 900 })
    expect(lasts(listed({ ...UNKNOWN, configMap: wildcard }))).toBeGreaterThanOrEqual(79_200)
  })

  it('is for the audience of the service account or the flag, and never for nobody', () => {
    const audienceOf = (lookup: IdentityLookup, settings = {}) => {
      const decision = decide(pod(), lookup, settings)
      return [(tokenOf(decision) as { readonly audience?: string }).audience, ...codesOf(decision)]
    }
    expect(audienceOf(account(), { audience: 'flag' })).toEqual(['flag'])
    expect(audienceOf(account({ 'role-arn': ROLE, audience: 'mine' }))).toEqual(['mine'])
    for (const audience of ['', ' ']) {
      expect(audienceOf(account({ 'role-arn': ROLE, audience }))).toEqual(['sts.amazonaws.com', 'empty-audience'])
      expect(audienceOf({ ...UNKNOWN, configMap: mapped({ audience }) })).toEqual([
        'sts.amazonaws.com',
        'empty-audience',
      ])
    }
    const restored = { compatibility: new Set(['empty-audience'] as const) }
    expect(audienceOf(account({ 'role-arn': ROLE, audience: '' }), restored)).toEqual([undefined])
  })
})

describe('a service account whose annotations were read before', () => {
  it('gets what the settings say that there are now', () => {
    const lookup = account()
    for (const audience of ['one', 'two', 'one'])
      expect(tokenOf(decide(pod(), lookup, { audience }))).toMatchObject({ audience })
  })

  it('is warned of each time', () => {
    const settings = DEFAULT_WEBHOOK_SETTINGS
    for (const annotations of [{ 'role-arn': 'orders' }, { 'role-arn': ROLE, 'token-expiration': 'soon' }]) {
      const lookup = account(annotations)
      const codes = [1, 2, 3].map(() =>
        codesOf(decideMutation(pod(), lookup, { settings, randomness: seededRandomness('webhook') })),
      )
      expect(new Set(codes.map((some) => some.join())).size).toBe(1)
      expect(codes[0]).toHaveLength(1)
    }
  })

  it('is audited by the reason of each pod', () => {
    const [lookup, settings] = [account(), DEFAULT_WEBHOOK_SETTINGS]
    const reasonOf = (subject: JsonObject) =>
      decideMutation(subject, lookup, { settings, randomness: seededRandomness('webhook') }).auditAnnotations.reason
    const done = pod({ containers: [], volumes: [{ name: 'aws-iam-token', projected: { sources: [TOKEN] } }] })
    expect([pod(), done, pod()].map(reasonOf)).toEqual([
      'web-identity-injected',
      'nothing-to-add',
      'web-identity-injected',
    ])
  })
})

const TOKEN = { serviceAccountToken: { path: 'token' } }

describe('sts-regional-endpoints', () => {
  const isRegional = (lookup: IdentityLookup, settings = {}) =>
    variablesOf(decide(pod(), lookup, settings)).includes('AWS_STS_REGIONAL_ENDPOINTS')

  it('overrides the flag both ways, and what is no word for it is ignored with a warning', () => {
    const flag = { usesRegionalSts: true }
    expect(isRegional(account(), flag)).toBe(true)
    expect(isRegional(account({ 'role-arn': ROLE, 'sts-regional-endpoints': 'f' }), flag)).toBe(false)
    expect(isRegional(account({ 'role-arn': ROLE, 'sts-regional-endpoints': '1' }))).toBe(true)
    const odd = account({ 'role-arn': ROLE, 'sts-regional-endpoints': 'yes' })
    expect(isRegional(odd, flag)).toBe(true)
    expect(codesOf(decide(pod(), odd))).toEqual(['invalid-regional-sts'])
  })

  it('is what the ConfigMap says for its roles, not the flag', () => {
    expect(isRegional({ ...UNKNOWN, configMap: mapped() }, { usesRegionalSts: true })).toBe(false)
    expect(isRegional({ ...UNKNOWN, configMap: mapped({ usesRegionalSts: true }) })).toBe(true)
  })
})

describe('skip-containers', () => {
  const namesOf = (written: string, settings = {}) => {
    const containers = ['a', 'b', 'c d'].map((name) => ({ name }))
    const subject = pod(
      { containers, initContainers: [{ name: 'b' }] },
      { annotations: { 'eks.amazonaws.com/skip-containers': written } },
    )
    const decision = decide(subject, account(), settings)
    return ['containers/0', 'containers/1', 'containers/2', 'initContainers/0'].filter(
      (at) => variablesOf(decision, `/spec/${at}`).length === 0,
    )
  }

  it('leaves out those it names, also init containers, whatever blanks stand around the names', () => {
    expect(namesOf('b')).toEqual(['containers/1', 'initContainers/0'])
    expect(namesOf('a, b')).toEqual(['containers/0', 'containers/1', 'initContainers/0'])
    expect(namesOf(' "a" , "b"')).toEqual(['containers/0', 'containers/1', 'initContainers/0'])
    expect(namesOf('c d')).toEqual(['containers/2'])
    expect(namesOf('a, b', { compatibility: new Set(['untrimmed-lists']) })).toEqual(['containers/0'])
  })

  it('leaves out none when it is no list', () => {
    for (const written of ['"', 'a"b', '']) expect(namesOf(written)).toEqual([])
  })

  it('is read in no more than linear time', () => {
    const decision = decide(pod({}, { annotations: { 'eks.amazonaws.com/skip-containers': ' '.repeat(262_144) } }))
    expect(decision.reason).toBe('web-identity-injected')
  })
})

describe('a silent webhook', () => {
  it('gives neither warnings nor audit annotations', () => {
    const settings = { compatibility: new Set(['silent'] as const) }
    expect(decide(pod(), account({ 'role-arn': 'x' }), settings)).toMatchObject({ warnings: [], auditAnnotations: {} })
    expect(decide({ spec: [] }, account(), settings)).toMatchObject({ allowed: false, auditAnnotations: {} })
  })
})
