/** EKS Pod Identity for a real cluster that was added: its keys come from its API server, which confirms every token where that was wanted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListClustersCommand, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { askInstallation } from '../../src/io/installation/index.ts'
import { type ApiServerUnderTest, startApiServer } from '../../src/io/kube/testing/api-server-under-test.ts'
import { renderJwkSet } from '../../src/standards/oidc/index.ts'
import { roleArn } from './circle.ts'
import { clientsOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation } from './installation.ts'
import { answered, associate, assumeForPod, createPodRole, PODS, podToken, told } from './pod-identity-cast.ts'

const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const key = generateSigningKey('ES256')
const ring = { active: key, retiring: [] }

let at: InstallationUnderTest
let api: ApiServerUnderTest
let folder: string
/** What the API server says of a token. */
let review: unknown
/** Audiences that it was asked for. */
let asked: unknown[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openirsa-added-'))
  api = await startApiServer()
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kind',
    contexts: [{ name: 'kind', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: api.access.server } }],
    users: [{ name: 'u', user: { token: 'canary' } }],
  }
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config))
  api.answer = ({ path, body }) => {
    if (path === '/openid/v1/jwks') return JSON.parse(renderJwkSet([key]))
    if (!path.endsWith('/tokenreviews')) return { issuer: ISSUER, jwks_uri: 'https://10.0.0.1:6443/openid/v1/jwks' }
    asked.push((JSON.parse(body) as { spec: { audiences: unknown } }).spec.audiences)
    return { status: review }
  }
  at = await openInstallation()
  await createPodRole(at, 'orders')
  await add()
  await associate(at, { clusterName: 'kind', roleArn: roleArn('orders') })
})
afterAll(async () => {
  await at.close()
  await api.close()
  rmSync(folder, { recursive: true })
})

const add = () =>
  askInstallation(at.directory, {
    method: 'POST',
    path: 'known-clusters',
    body: {
      name: 'kind',
      account: ACCOUNT,
      kubeconfig: join(folder, 'kubeconfig'),
      verifiesBoundObjects: true,
      audiences: [],
    },
  })
const token = () => podToken(at, { issuer: ISSUER, ring })
const YES = { authenticated: true, audiences: [PODS], user: { username: 'system:serviceaccount:shop:orders' } }

it('it is a cluster of EKS', async () => {
  expect((await clientsOf(at).eks.send(new ListClustersCommand({}))).clusters).toEqual(['kind', 'local'])
})

it('its pods get credentials once its API server has confirmed the token, for this audience', async () => {
  review = YES
  asked = []
  const got = answered(await assumeForPod(at, token(), { cluster: 'kind' }))
  expect(got.assumedRoleUser.arn).toContain(':assumed-role/orders/eks-kind-orders-7d4-')
  expect(asked).toEqual([[PODS]])
})

it('a token that it does not confirm, or confirms for somebody else, gives nothing', async () => {
  review = { authenticated: false, error: 'the pod is gone' }
  expect(told(await assumeForPod(at, token(), { cluster: 'kind' })).slice(0, 2)).toEqual([400, 'InvalidTokenException'])
  review = { ...YES, user: { username: 'system:serviceaccount:shop:cart' } }
  expect(told(await assumeForPod(at, token(), { cluster: 'kind' })).slice(0, 2)).toEqual([
    503,
    'ServiceUnavailableException',
  ])
})

it('the API server is asked of no token that it did not sign', async () => {
  asked = []
  const foreign = podToken(at, { issuer: ISSUER, ring: { active: generateSigningKey('ES256'), retiring: [] } })
  expect((await assumeForPod(at, foreign, { cluster: 'kind' })).status).toBe(400)
  expect(asked).toEqual([])
})

it('it takes its associations along when it is removed: the next one of its name begins without', async () => {
  review = YES
  await askInstallation(at.directory, { method: 'DELETE', path: 'known-clusters/kind' })
  expect((await assumeForPod(at, token(), { cluster: 'kind' })).status).toBe(404)
  await add()
  const input = { clusterName: 'kind' }
  expect((await clientsOf(at).eks.send(new ListPodIdentityAssociationsCommand(input))).associations).toEqual([])
  expect((await assumeForPod(at, token(), { cluster: 'kind' })).status).toBe(404)
})
