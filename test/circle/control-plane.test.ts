import { statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

describeWithApiServer('an API server of the test', () => {
  let cluster: ControlPlane
  beforeAll(async () => {
    cluster = await startControlPlane()
  })
  afterAll(() => cluster?.stop())

  test('is ready within seconds, and is the version that was asked for', async () => {
    const { text } = await cluster.apiServer.ask('/version')
    expect(JSON.parse(text).gitVersion).toBe('v1.36.3')
    console.log(`note: API server ready after ${(cluster.readyAfterMs / 1000).toFixed(1)} s`)
    expect(cluster.readyAfterMs).toBeLessThan(60_000)
  })

  test('keeps its kubeconfig to the owner', () => {
    expect(statSync(cluster.kubeconfig).mode & 0o777).toBe(0o600)
  })

  test('issues a token of its issuer for an audience', async () => {
    await eventually('the default service account', () => cluster.kubectl('get', 'serviceaccount', 'default'))
    const token = await cluster.kubectl('create', 'token', 'default', '--audience=sts.amazonaws.com')
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({
      iss: cluster.issuer,
      aud: ['sts.amazonaws.com'],
      sub: 'system:serviceaccount:default:default',
    })
  })

  test('keeps what it knew when it is restarted', async () => {
    await cluster.kubectl('create', 'namespace', 'kept')
    const began = performance.now()
    await cluster.apiServer.restart()
    console.log(`note: API server back after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    expect((await cluster.kubectl.get('namespace', 'kept')).status.phase).toBe('Active')
  })
})
