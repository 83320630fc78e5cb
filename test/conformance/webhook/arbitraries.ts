import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../../src/core/index.ts'

/** Pods as authors write them, thick with what the webhook looks at. All of them hold only what Kubernetes' own types hold. */

const containerName = fc.constantFrom('app', 'sidecar', 'proxy', 'init-db', 'b')
const variableName = fc.constantFrom(
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_ROLE_SESSION_NAME',
  'HOME',
)
const variable = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ name: variableName, value: fc.constantFrom('x', 'cn-north-1', 'already-there') }),
  },
  {
    weight: 1,
    arbitrary: variableName.map((name) => ({ name, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })),
  },
)
const mountPath = fc.constantFrom(
  '/data',
  '/var/run/secrets',
  '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  '/var/run/secrets/eks.amazonaws.com/serviceaccount/',
  '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
)
const volumeName = fc.constantFrom('data', 'aws-iam-token', 'eks-pod-identity-token', 'kube-api-access')
const mount = fc.record({ name: volumeName, mountPath })

/** Often nothing, else a few. */
function few<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.array(arbitrary, { maxLength: 4 }) },
  )
}

const container = fc
  .record({
    name: containerName,
    image: fc.constant('amazonlinux'),
    env: few(variable),
    volumeMounts: few(mount),
    envFrom: fc.option(fc.constant([{ configMapRef: { name: 'settings' } }]), { nil: undefined, freq: 5 }),
    ports: fc.option(fc.constant([{ containerPort: 80 }]), { nil: undefined, freq: 4 }),
    restartPolicy: fc.option(fc.constant('Always'), { nil: undefined, freq: 8 }),
    securityContext: fc.option(fc.constant({ runAsUser: 1000, runAsNonRoot: true }), { nil: undefined, freq: 4 }),
    readinessProbe: fc.option(fc.constant({ httpGet: { path: '/ready', port: 'http' } }), { nil: undefined, freq: 6 }),
  })
  .map(withoutUndefined)

const containers = fc.oneof(
  { weight: 400, arbitrary: fc.array(container, { minLength: 1, maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: container.map((one) => Array.from({ length: 200 }, (_, at) => ({ ...one, name: `c${at}` }))),
  },
)

const volume = fc.oneof(
  volumeName.map((name) => ({ name, emptyDir: {} })),
  volumeName.map((name) => ({ name, hostPath: { path: '/opt' } })),
  fc
    .constantFrom(['aws-iam-token', 'token'], ['eks-pod-identity-token', 'eks-pod-identity-token'])
    .map(([name, path]) => ({
      name: name ?? '',
      projected: {
        sources: [{ serviceAccountToken: { audience: 'mine', expirationSeconds: 3600, path: path ?? '' } }],
      },
    })),
)

/** Texts where a number of seconds belongs. */
export const expirationText = fc.constantFrom(
  '600',
  '3600',
  '86400',
  '0',
  '-5',
  '599',
  '86401',
  '5000000000',
  '+700',
  '1_000',
  ' 900',
  '9e3',
  '',
  '99999999999999999999',
  'soon',
)
/** Texts where a list of names belongs. */
export const namesText = fc.constantFrom(
  'sidecar',
  'sidecar,app',
  'sidecar, app',
  ' b ,proxy',
  '"app","b"',
  '"app", "b"',
  'app\nb',
  '\n\nproxy',
  'app\r\nb',
  '"half',
  'a"b',
  '"a""b",app',
  '',
  ',',
  ' ',
)

export function podAnnotations(domain: string): fc.Arbitrary<JsonObject> {
  return fc
    .record({
      [`${domain}/token-expiration`]: rarely(expirationText),
      [`${domain}/skip-containers`]: rarely(namesText),
      'example.com/owner': rarely(fc.constant('shop')),
    })
    .map(withoutUndefined)
}

export function accountAnnotations(domain: string): fc.Arbitrary<Record<string, string>> {
  return fc
    .record({
      [`${domain}/role-arn`]: fc.oneof(
        { weight: 6, arbitrary: fc.constant<string | undefined>('arn:aws:iam::111122223333:role/s3-reader') },
        {
          weight: 4,
          arbitrary: fc.constantFrom(
            undefined,
            '',
            ' ',
            'reader',
            'arn:aws-cn:iam::1:role/x',
            'arn:aws:iam::111122223333:role/a b',
          ),
        },
      ),
      [`${domain}/audience`]: rarely(fc.constantFrom('sts.amazonaws.com', 'sts.amazonaws.com.cn', '', ' ', 'mine')),
      [`${domain}/sts-regional-endpoints`]: rarely(
        fc.constantFrom('true', 'false', 'T', '0', 'yes', '', 'TRUE', 'tRUE', ' true'),
      ),
      [`${domain}/token-expiration`]: rarely(expirationText),
    })
    .map((annotations) => withoutUndefined(annotations) as Record<string, string>)
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 })
}

export function pods(domain: string): fc.Arbitrary<JsonObject> {
  const metadata = fc
    .record({
      name: fc.constant('pod'),
      labels: rarely(
        fc.constantFrom<JsonObject>(
          {},
          { app: 'shop' },
          { 'eks.amazonaws.com/pod-identity': 'disabled' },
          { 'eks.amazonaws.com/pod-identity': 'enabled' },
        ),
      ),
      annotations: rarely(podAnnotations(domain)),
    })
    .map(withoutUndefined)
  const spec = fc
    .record({
      serviceAccountName: fc.constant('default'),
      containers,
      initContainers: rarely(containers),
      volumes: few(volume),
      nodeSelector: rarely(
        fc.constantFrom<JsonObject>(
          { 'kubernetes.io/os': 'windows' },
          { 'beta.kubernetes.io/os': 'windows' },
          { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
        ),
      ),
      os: fc.option(fc.constantFrom<JsonObject>({ name: 'windows' }, { name: 'linux' }), { nil: undefined, freq: 6 }),
      ephemeralContainers: fc.option(fc.constant([{ name: 'debug', image: 'busybox' }]), { nil: undefined, freq: 9 }),
    })
    .map(withoutUndefined)
  return fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('Pod'), metadata, spec })
}

export function withoutUndefined(object: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Record<
    string,
    JsonValue
  >
}
