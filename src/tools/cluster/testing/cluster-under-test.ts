import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiServerUnderTest, refuse, startApiServer } from '../../../io/kube/testing/api-server-under-test.ts'

/** An API server that publishes an issuer and a key, and reviews tokens; a test may change all of it while it runs. */
export interface ClusterUnderTest {
  readonly api: ApiServerUnderTest
  readonly kubeconfig: string
  issuer: string
  keyIds: readonly string[]
  /** What a TokenReview answers as its status; undefined: refused with 403. */
  review: unknown
  /** 503 for everything. */
  isAway: boolean
  /** How often a page was asked for. */
  count(path: string): number
}

export const TOKEN_REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews'
export const JWKS = '/openid/v1/jwks'

const JWK = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

export async function startCluster(directory: string, name = 'one'): Promise<ClusterUnderTest> {
  const api = await startApiServer()
  const kubeconfig = join(directory, `${name}.kubeconfig`)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: api.access.server } }],
    users: [{ name: 'u', user: { token: 'canary' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const cluster: ClusterUnderTest = {
    api,
    kubeconfig,
    issuer: `https://${name}.example`,
    keyIds: ['key-1'],
    review: undefined,
    isAway: false,
    count: (path) => api.asked.filter((asked) => asked.path === path).length,
  }
  api.answer = ({ path }, response) => {
    if (cluster.isAway) return refuse(response, 503, 'ServiceUnavailable', 'not now')
    if (path === JWKS) return { keys: cluster.keyIds.map((kid) => ({ ...JWK, kid, use: 'sig', alg: 'ES256' })) }
    if (path !== TOKEN_REVIEWS) return { issuer: cluster.issuer, jwks_uri: 'https://10.0.0.1:6443/openid/v1/jwks' }
    return cluster.review === undefined ? refuse(response, 403, 'Forbidden', 'may not') : { status: cluster.review }
  }
  return cluster
}
