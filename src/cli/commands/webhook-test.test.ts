import { afterEach, describe, expect, it } from 'vitest'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'

const ROLE = 'arn:aws:iam::111122223333:role/orders'
const account = (role: string, namespace = '') =>
  `{kind: ServiceAccount, metadata: {name: orders${namespace}, annotations: {eks.amazonaws.com/role-arn: "${role}"}}}\n---\n`
const POD = '{kind: Pod, metadata: {name: orders}, spec: {serviceAccountName: orders, containers: [{name: app}]}}\n'

afterEach(() => {
  process.exitCode = undefined
})

async function run(input: string, ...words: readonly string[]) {
  const terminal = terminalUnderTest({}, input)
  await createProgram(terminal).parseAsync(['node', 'openirsa', 'webhook', 'test', '-f', '-', ...words])
  return { text: terminal.printed.join('\n'), exitCode: process.exitCode ?? 0 }
}

describe('openirsa webhook test', () => {
  it('shows the patch that a pod would get, and why', async () => {
    const { text, exitCode } = await run(account(ROLE) + POD)
    expect(exitCode).toBe(0)
    const [verdict, ...operations] = text.split('\n')
    expect(verdict).toBe('pod/orders  service account default/orders: web-identity-injected')
    expect(operations.map((line) => line.trim().split('  ')[0])).toEqual([
      'add /spec/volumes',
      'add /spec/containers/0/env',
      'add /spec/containers/0/volumeMounts',
    ])
  })

  it('says no where the pod would start without credentials', async () => {
    const half = POD.replace('{name: app}', `{name: app, env: [{name: AWS_ROLE_ARN, value: x}]}`)
    const skipped = POD.replace(
      'name: orders}',
      'name: orders, labels: {eks.amazonaws.com/skip-pod-identity-webhook: ""}}',
    )
    for (const [input, reason] of [
      [account(ROLE).replace('role-arn', 'other') + POD, ': no-role'],
      [account(' ') + POD, ': blank-role'],
      [account(ROLE) + half, 'warning half-set-group: '],
      [account(ROLE) + skipped, ': skip-label'],
    ] as const) {
      process.exitCode = undefined
      const { text, exitCode } = await run(input)
      expect(text).toContain(reason)
      expect(exitCode, reason).toBe(1)
    }
  })

  it.each([
    ['Deployment', 'spec: {template: {SPEC}}'],
    ['StatefulSet', 'spec: {template: {SPEC}}'],
    ['CronJob', 'spec: {jobTemplate: {spec: {template: {SPEC}}}}'],
  ])('reads the pod that a %s would make, in its own namespace', async (kind, shape) => {
    const spec = shape.replace('SPEC', 'spec: {serviceAccountName: orders, containers: [{name: app}]}')
    const workload = `{kind: ${kind}, metadata: {name: orders, namespace: shop}, ${spec}}\n`
    const { text, exitCode } = await run(account(ROLE, ', namespace: shop') + workload, '-o', 'json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(text)).toMatchObject([
      { source: `${kind.toLowerCase()}/orders`, serviceAccount: 'shop/orders', reason: 'web-identity-injected' },
    ])
  })

  it('judges by the flags of the webhook', async () => {
    const { text } = await run(
      account(ROLE) + POD,
      '--aws-default-region=eu-central-1',
      '--token-expiration',
      '3600',
      '-n',
      'shop',
    )
    expect(text).toContain('{"name":"AWS_REGION","value":"eu-central-1"}')
    expect(text).toContain('"expirationSeconds":3600')
    expect(text).toContain('service account shop/orders')
  })

  it.each([
    [POD, /the service account `default\/orders` is not in the files/],
    ['{kind: Service}\n', /there is no pod in the files/],
    ['', /there is no pod in the files/],
    ['{a: b: c}\n', /`-` is not YAML/],
    [
      '{kind: Deployment, metadata: {name: x}}\n',
      /deployment\/x has no pod in it: expected spec.template.spec.containers/,
    ],
  ])('refuses %j', async (input, message) => {
    await expect(run(input)).rejects.toThrow(message)
  })

  it('lets no file speak to the terminal', async () => {
    const { text } = await run(account(ROLE) + POD.replace('{name: orders}', '{name: "\\u001b[2Jorders"}'))
    expect(text).not.toContain('\u001b')
  })
})
