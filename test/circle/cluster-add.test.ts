import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdministratorCalls } from '../../src/io/aws/index.ts'
import { systemClock } from '../../src/io/host/index.ts'
import { readFacts } from '../../src/io/installation/index.ts'
import { openirsa, temporaryDirectory, type Up, up } from '../cli/command.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

/** What every cluster of kubeadm and kind has, unless it is told otherwise. */
const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const HOST = 'kubernetes.default.svc.cluster.local'
const SUBJECT = 'system:serviceaccount:default:orders'
const ROLE = 'arn:aws:iam::000000000000:role/orders'
/** The promise. */
const NOTICED_WITHIN_MS = 15_000

describeWithApiServer('openirsa cluster add, with a real API server', () => {
  const directory = temporaryDirectory()
  let cluster: ControlPlane
  let running: Up
  const openirsaHere = (...words: readonly string[]) => openirsa([...words, '--data-dir', directory.path])

  beforeAll(async () => {
    cluster = await startControlPlane({ issuer: ISSUER })
    running = await up(directory.path)
    await eventually('the namespace', () => cluster.kubectl('get', 'serviceaccount', 'default'))
    await cluster.kubectl('create', 'serviceaccount', 'orders')
    await makeRole()
  })
  afterAll(async () => {
    await running?.stop()
    await cluster?.stop()
    directory.remove()
  })

  async function makeRole(): Promise<void> {
    const calls = await createAdministratorCalls(await readFacts(directory.path), {
      dataDirectory: directory.path,
      clock: systemClock,
    })
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::000000000000:oidc-provider/${HOST}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${HOST}:sub`]: SUBJECT, [`${HOST}:aud`]: 'sts.amazonaws.com' } },
    }
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    expect((await calls.iam('CreateRole', { RoleName: 'orders', AssumeRolePolicyDocument: document })).code).toBe('')
  }

  const tokenOf = (name: string, ...more: readonly string[]) =>
    cluster.kubectl('create', 'token', name, '--audience=sts.amazonaws.com', ...more)

  async function exchange(token: string): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(running.facts.endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'session',
        WebIdentityToken: token.trim(),
      }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  /** A pod without a node: nobody runs it, and a token can be bound to it all the same. */
  async function makePod(name: string): Promise<void> {
    const containers = [{ name: 'main', image: 'local.test/none:1' }]
    const spec = { serviceAccountName: 'orders', automountServiceAccountToken: false, containers }
    await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec })
  }

  const bound = (pod: string) => tokenOf('orders', '--bound-object-kind=Pod', `--bound-object-name=${pod}`)

  test('a token of the cluster is exchanged; without further wishes that of a deleted pod too, as AWS does', async () => {
    const added = await openirsaHere('cluster', 'add', 'real', '--kubeconfig', cluster.kubeconfig)
    expect([added.code, added.err]).toEqual([0, ''])
    await makePod('one')
    const token = await bound('one')
    expect(await exchange(token)).toMatchObject({ status: 200 })
    await cluster.kubectl('delete', 'pod', 'one', '--force', '--grace-period=0')
    expect(await exchange(token)).toMatchObject({ status: 200 })
    expect(await exchange(await tokenOf('default'))).toMatchObject({ status: 403 })
  })

  test('the issuer of a second cluster with the same URL is refused', async () => {
    const second = await openirsaHere('cluster', 'add', 'second', '--kubeconfig', cluster.kubeconfig)
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('--service-account-issuer') as string })
  })

  test('--verify-bound-objects refuses a token soon after the end of its pod, and every one when it cannot ask', async () => {
    expect((await openirsaHere('cluster', 'remove', 'real')).code).toBe(0)
    const words = ['cluster', 'add', 'real', '--kubeconfig', cluster.kubeconfig, '--verify-bound-objects']
    expect(await openirsaHere(...words)).toMatchObject({ code: 0, err: '' })
    await makePod('two')
    const token = await bound('two')
    expect(await exchange(token)).toMatchObject({ status: 200 })
    await cluster.kubectl('delete', 'pod', 'two', '--force', '--grace-period=0')
    const began = performance.now()
    const refused = await eventually('the refusal', async () => {
      const answer = await exchange(token)
      return answer.status === 200 ? undefined : answer
    })
    const took = performance.now() - began
    console.log(`note: refused ${(took / 1000).toFixed(1)} s after the pod's end`)
    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('IDPRejectedClaim') as string })
    expect(took).toBeLessThan(NOTICED_WITHIN_MS)
    const unbound = await tokenOf('orders')
    expect(await exchange(unbound)).toMatchObject({ status: 200 })
    await cluster.apiServer.stop()
    const later = await eventually('the refusal', async () => {
      const answer = await exchange(unbound)
      return answer.status === 200 ? undefined : answer
    })
    expect(later).toMatchObject({ status: 400, text: expect.stringContaining('IDPCommunicationError') as string })
  })
})
