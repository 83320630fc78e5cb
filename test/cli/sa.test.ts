import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAdministratorCalls } from '../../src/io/aws/index.ts'
import { systemClock } from '../../src/io/host/index.ts'
import { readFacts } from '../../src/io/installation/index.ts'
import { startApiServer } from '../../src/io/kube/testing/api-server-under-test.ts'
import { type Ended, openirsa, temporaryDirectory, type Up, up } from './command.ts'

const directory = temporaryDirectory()
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
let running: Up
let administrator: Record<string, string>

const place = (): readonly string[] => ['--data-dir', join(directory.path, 'data')]
const sa = (...words: readonly string[]): Promise<Ended> => openirsa(['sa', ...words, ...place()])
const phases = ({ out }: Ended): readonly string[] =>
  (JSON.parse(out) as { steps: { phase: string; action: string }[] }).steps.map(
    ({ phase, action }) => `${phase} ${action}`,
  )

async function make(namespace: string, names: readonly string[]): Promise<void> {
  const file = join(directory.path, 'accounts.json')
  const accounts = names.map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } }))
  const items = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...accounts]
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  expect(await openirsa(['apply', '-f', file, ...place()])).toMatchObject({ code: 0 })
}

const roleOf = (name: string) =>
  openirsa(['credentials', 'export', '--service-account', `team/${name}`, '--format', 'json', ...place()])

beforeAll(async () => {
  running = await up(join(directory.path, 'data'))
  administrator = JSON.parse((await openirsa(['env', '-o', 'json', ...place()])).out)
  await make('team', ['reader', 'crashed', 'other', 'kept'])
})
afterAll(async () => {
  await running.stop()
  directory.remove()
})

describe('sa bind, to the local cloud', () => {
  test('shows a plan and changes nothing; with --yes does it; a second time there is nothing to do', async () => {
    const words = ['bind', 'team/reader', '--policy-arn', READ_ONLY] as const
    const planned = await sa(...words)
    expect(planned.out).toContain('nothing is done yet: add --yes to do it')
    expect((await sa('show', 'team/reader')).code).toBe(1)
    expect(phases(await sa(...words, '-o', 'json'))).toEqual([
      'provider create',
      'role create',
      'trust-policy none',
      'policies create',
      'annotation create',
    ])
    expect(await sa(...words, '--yes')).toMatchObject({ code: 0, err: '' })
    const again = await sa(...words, '--yes', '-o', 'json')
    expect(new Set(phases(again).map((step) => step.split(' ')[1]))).toEqual(new Set(['none']))
    expect((await roleOf('reader')).code).toBe(0)
  })

  test('the trust policy lets in that service account alone: a changed one is put right', async () => {
    const role = 'arn:aws:iam::000000000000:role/irsa-team-reader'
    const refused = await openirsa([
      'credentials',
      'export',
      '--service-account',
      'team/other',
      '--role',
      role,
      ...place(),
    ])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('AccessDenied') })
    await iam('UpdateAssumeRolePolicy', { RoleName: 'irsa-team-reader', PolicyDocument: OPEN_TRUST })
    const words = ['bind', 'team/reader', '--policy-arn', READ_ONLY, '-o', 'json'] as const
    expect(phases(await sa(...words, '--yes'))).toContain('trust-policy update')
    expect(phases(await sa(...words))).not.toContain('trust-policy update')
  })

  test('what stopped in the middle is completed by the same command', async () => {
    const missing = 'arn:aws:iam::000000000000:policy/later'
    const words = ['bind', 'team/crashed', '--policy-arn', missing] as const
    expect(await sa(...words, '--yes')).toMatchObject({ code: 2, err: expect.stringContaining('AttachRolePolicy') })
    expect((await sa('show', 'team/crashed')).code).toBe(1)
    await iam('CreatePolicy', { PolicyName: 'later', PolicyDocument: LIST })
    expect(phases(await sa(...words, '--yes', '-o', 'json'))).toEqual([
      'provider none',
      'role none',
      'trust-policy none',
      'policies create',
      'annotation create',
    ])
    expect((await roleOf('crashed')).code).toBe(0)
  })

  test('an inline policy is put, and replaced when its file changes', async () => {
    const file = join(directory.path, 'list.json')
    writeFileSync(file, LIST)
    const words = ['bind', 'team/other', '--policy-file', file, '-o', 'json'] as const
    expect(phases(await sa(...words, '--yes'))).toContain('policies create')
    expect(phases(await sa(...words))).toContain('policies none')
    writeFileSync(file, LIST.replace('ListBucket', 'GetObject'))
    expect(phases(await sa(...words, '--yes'))).toContain('policies update')
  })

  test("somebody else's role is not taken: neither changed by bind nor removed by unbind", async () => {
    await iam('CreateRole', { RoleName: 'shared', AssumeRolePolicyDocument: OPEN_TRUST })
    const arn = 'arn:aws:iam::000000000000:role/shared'
    expect(await sa('bind', 'team/kept', '--role-name', 'shared', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining(`--role-arn ${arn}`),
    })
    expect(phases(await sa('bind', 'team/kept', '--role-arn', arn, '--yes', '-o', 'json'))).toEqual([
      'provider none',
      'role none',
      'annotation create',
    ])
    expect(phases(await sa('unbind', 'team/kept', '--yes', '-o', 'json'))).toContain('role none')
    expect(await iam('GetRole', { RoleName: 'shared' })).toContain(arn)
  })

  test('list shows who has a role; unbind takes it, and a second time there is nothing to take', async () => {
    const listed = JSON.parse((await sa('list', '-n', 'team', '-o', 'json')).out) as { name: string; roleArn: string }[]
    expect(listed).toContainEqual({
      namespace: 'team',
      name: 'reader',
      roleArn: 'arn:aws:iam::000000000000:role/irsa-team-reader',
    })
    expect(phases(await sa('unbind', 'team/reader', '--yes', '-o', 'json'))).toEqual([
      'annotation remove',
      'policies remove',
      'role remove',
      'provider none',
    ])
    expect(phases(await sa('unbind', 'team/reader', '-o', 'json'))).toEqual([
      'annotation none',
      'role none',
      'provider none',
    ])
    expect((await sa('show', 'team/reader')).code).toBe(1)
  })

  test.each([
    [['bind', 'team/nobody'], 'the service account `team/nobody` does not exist'],
    [['bind', 'nobody'], 'expected NAMESPACE/NAME'],
    [['bind', 'team/other', '--to', 'aws'], 'AWS cannot fetch the keys of the local cluster'],
    [['bind', 'team/other', '--role-arn', 'x'], 'is no role'],
  ])('%j says what is wrong, exit 2', async (words, said) => {
    expect(await sa(...words, '--yes')).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
  })

  test('-o prints all of it for Terraform, for the AWS CLI, for kubectl', async () => {
    const words = ['bind', 'team/other', '--policy-arn', READ_ONLY, '-o'] as const
    const [hcl, cli, yaml] = await Promise.all(['hcl', 'aws-cli', 'yaml'].map((form) => sa(...words, form)))
    expect(hcl?.out).toContain('resource "aws_iam_role" "irsa-team-other" {')
    expect(hcl?.out).toContain(`policy_arn = "${READ_ONLY}"`)
    expect(cli?.out.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'aws iam create-open-id-connect-provider',
      'aws iam create-role',
      'aws iam attach-role-policy',
      'kubectl annotate serviceaccount',
      '',
    ])
    expect(yaml?.out).toContain('    eks.amazonaws.com/role-arn: "arn:aws:iam::000000000000:role/irsa-team-other"')
  })
})

test("--to aws with a real cluster's kubeconfig: through the AWS SDK, and the annotation through the API server", async () => {
  const api = await startApiServer()
  try {
    const annotations: Record<string, string> = {}
    const account = () => ({ metadata: { namespace: 'team', name: 'far', annotations } })
    api.answer = ({ path, method, body }) => {
      if (path.startsWith('/.well-known/')) return { issuer: running.facts.issuer }
      if (method === 'PATCH')
        Object.assign(annotations, (JSON.parse(body) as { metadata: { annotations: object } }).metadata.annotations)
      return account()
    }
    const kubeconfig = join(directory.path, 'far.kubeconfig')
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        'current-context': 'far',
        contexts: [{ name: 'far', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: api.access.server } }],
        users: [{ name: 'u', user: { token: 'canary' } }],
      }),
    )
    const provider = running.facts.issuer.replace('https://', 'arn:aws:iam::000000000000:oidc-provider/')
    await iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: provider })
    const words = ['sa', 'bind', 'team/far', '--to', 'aws', '--kubeconfig', kubeconfig, '--policy-arn', READ_ONLY, '-y']
    const ended = await openirsa([...words, '-o', 'json'], { environment: administrator })
    expect(ended.code).toBe(0)
    expect(phases(ended)).toContain('provider create')
    expect(annotations).toEqual({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::000000000000:role/irsa-team-far' })
    const again = await openirsa([...words, '-o', 'json'], { environment: administrator })
    expect(new Set(phases(again).map((step) => step.split(' ')[1]))).toEqual(new Set(['none']))
  } finally {
    await api.close()
  }
})

const LIST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }],
})
const OPEN_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' }],
})

/** Told by the installation's administrator. */
async function iam(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const dataDirectory = join(directory.path, 'data')
  const calls = await createAdministratorCalls(await readFacts(dataDirectory), { dataDirectory, clock: systemClock })
  const { code, text } = await calls.iam(action, parameters)
  expect(code).toBe('')
  return text
}
