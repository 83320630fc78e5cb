import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdministratorCalls } from '../../src/io/aws/index.ts'
import { systemClock } from '../../src/io/host/index.ts'
import { readFacts } from '../../src/io/installation/index.ts'
import { openirsa, type Started, start, temporaryDirectory, type Up, until, up } from '../cli/command.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'

const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const BOUND = 'eks.amazonaws.com/role-arn'

describeWithApiServer('openirsa serve controller, with a real API server', () => {
  const directory = temporaryDirectory()
  const dataDirectory = join(directory.path, 'data')
  let cluster: ControlPlane
  let running: Up
  let controller: Started

  beforeAll(async () => {
    cluster = await startControlPlane({ issuer: 'https://cluster.example' })
    running = await up(dataDirectory)
    await openirsa(['cluster', 'add', 'real', '--kubeconfig', cluster.kubeconfig, '--data-dir', dataDirectory])
    for (const namespace of ['shop', 'lab']) await cluster.kubectl('create', 'namespace', namespace)
    controller = await startController()
  })
  afterAll(async () => {
    controller?.child.kill('SIGTERM')
    await controller?.ended
    await running?.stop()
    await cluster?.stop()
    directory.remove()
  })

  async function startController(): Promise<Started> {
    const allow = join(directory.path, 'allow.yaml')
    writeFileSync(allow, `namespaces:\n  shop:\n    policies: ['arn:aws:iam::aws:policy/AmazonS3*']\n`)
    const place = ['--kubeconfig', cluster.kubeconfig, '--data-dir', dataDirectory]
    const started = start(['serve', 'controller', '--to', 'local', '--allow', allow, ...place])
    await until('the controller', () => started.out().includes('binding service accounts'))
    return started
  }

  async function make(namespace: string, name: string, policies: string): Promise<void> {
    await cluster.kubectl.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace, name, annotations: { 'openirsa.dev/policies': policies } },
    })
  }

  const roleOf = async (namespace: string, name: string): Promise<string | undefined> =>
    (await cluster.kubectl.get('serviceaccount', '--namespace', namespace, name)).metadata.annotations?.[BOUND]

  async function hasRole(name: string): Promise<boolean> {
    const facts = await readFacts(dataDirectory)
    const calls = await createAdministratorCalls(facts, { dataDirectory, clock: systemClock })
    return (await calls.readIam('GetRole', { RoleName: name })).code === ''
  }

  async function policiesOf(role: string): Promise<readonly string[]> {
    const facts = await readFacts(dataDirectory)
    const calls = await createAdministratorCalls(facts, { dataDirectory, clock: systemClock })
    const { body } = await calls.readIam('ListAttachedRolePolicies', { RoleName: role })
    return [...body.matchAll(/"PolicyArn":"([^"]+)"/g)].map(([, arn = '']) => arn).sort()
  }

  async function exchange(name: string, role: string): Promise<number> {
    const words = ['create', 'token', name, '--namespace=shop', '--audience=sts.amazonaws.com'] as const
    const form = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: 'session',
      WebIdentityToken: (await cluster.kubectl(...words)).trim(),
    }
    return (await fetch(running.facts.endpoint, { method: 'POST', body: new URLSearchParams(form) })).status
  }

  test('a service account that asks gets a role of its own, which takes its tokens and no others', async () => {
    await make('shop', 'orders', READ_ONLY)
    const role = await eventually('the role', () => roleOf('shop', 'orders'))
    expect(role).toMatch(/^arn:aws:iam::000000000000:role\/openirsa\/[0-9a-f]{16}\/irsa-shop-orders$/)
    await cluster.kubectl('create', 'serviceaccount', '--namespace=shop', 'other')
    expect(await exchange('orders', role)).toBe(200)
    expect(await exchange('other', role)).toBe(403)
  })

  test('a namespace that is not in the allow-list gets nothing, and an Event says why', async () => {
    await make('lab', 'greedy', READ_ONLY)
    await make('shop', 'greedy', 'arn:aws:iam::aws:policy/AdministratorAccess')
    const said = await eventually('the Events', async () => {
      const { items } = await cluster.kubectl.get('events', '--all-namespaces', '--field-selector=reason=RoleRefused')
      return items.length >= 2 && items.map(({ message }: { message: string }) => message)
    })
    expect(said).toContain('the namespace lab may ask for nothing: it is not in the allow-list')
    expect(said).toContainEqual(expect.stringContaining('may not ask for arn:aws:iam::aws:policy/AdministratorAccess'))
    expect(await roleOf('lab', 'greedy')).toBeUndefined()
    expect(await hasRole('irsa-shop-greedy')).toBe(false)
  })

  test('who asks no more has no role any more', async () => {
    await make('shop', 'brief', READ_ONLY)
    await eventually('the role', () => roleOf('shop', 'brief'))
    await cluster.kubectl('annotate', 'serviceaccount', '--namespace=shop', 'brief', 'openirsa.dev/policies-')
    await eventually('the end of the role', async () => !(await hasRole('irsa-shop-brief')))
    await eventually('the end of the annotation', async () => (await roleOf('shop', 'brief')) === undefined)
  })

  test('a policy that is not asked for any more is taken from the role', async () => {
    const full = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'
    await make('shop', 'less', `${READ_ONLY}, ${full}`)
    await eventually('the role', () => roleOf('shop', 'less'))
    expect(await policiesOf('irsa-shop-less')).toEqual([full, READ_ONLY])
    await make('shop', 'less', READ_ONLY)
    await eventually('the end of the policy', async () => (await policiesOf('irsa-shop-less')).length === 1)
    expect(await policiesOf('irsa-shop-less')).toEqual([READ_ONLY])
  })

  test('a role that somebody else gave the service account since is left to it', async () => {
    const theirs = 'arn:aws:iam::000000000000:role/theirs'
    await make('shop', 'taken', READ_ONLY)
    await eventually('the role', () => roleOf('shop', 'taken'))
    controller.child.kill('SIGTERM')
    await controller.ended
    const words = ['annotate', 'serviceaccount', '--namespace=shop', 'taken', '--overwrite'] as const
    await cluster.kubectl(...words, 'openirsa.dev/policies-', `${BOUND}=${theirs}`)
    controller = await startController()
    await eventually('the end of the role', async () => !(await hasRole('irsa-shop-taken')))
    expect(await roleOf('shop', 'taken')).toBe(theirs)
  })

  test('what was made for a service account that went while nobody watched is removed at the next start', async () => {
    await make('shop', 'gone', READ_ONLY)
    await eventually('the role', () => roleOf('shop', 'gone'))
    controller.child.kill('SIGTERM')
    expect((await controller.ended).code).toBe(0)
    await cluster.kubectl('delete', 'serviceaccount', '--namespace=shop', 'gone')
    expect(await hasRole('irsa-shop-gone')).toBe(true)
    controller = await startController()
    await eventually('the end of the role', async () => !(await hasRole('irsa-shop-gone')))
    expect(await hasRole('irsa-shop-orders')).toBe(true)
  })
})
