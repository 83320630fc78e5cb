import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'
import { version } from '../version.ts'

async function run(words: readonly string[], input = '') {
  const terminal = terminalUnderTest({}, input)
  await createProgram(terminal).parseAsync(['node', 'openirsa', 'webhook', ...words])
  expect(terminal.said).toEqual([])
  const text = terminal.printed.join('\n')
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind
  const objects = Array.from(parseAllDocuments(text)).map((document) => document.toJS() as any)
  return {
    text,
    objects,
    argumentsOfServe: objects.find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0].args,
  }
}

describe('openirsa webhook manifest', () => {
  it('prints everything for kubectl apply, with how to uninstall above it', async () => {
    const { text, objects } = await run(['manifest'])
    expect(objects.at(-1)).toMatchObject({
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'openirsa-webhook' },
    })
    expect(objects.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers[0].image).toBe(
      `openirsa:${version()}`,
    )
    expect(text).toContain('#   kubectl delete mutatingwebhookconfiguration openirsa-webhook\n')
  })

  it('takes flags of the webhook that will run, in any form and between its own, and writes them into its arguments', async () => {
    const { argumentsOfServe, objects } = await run([
      'manifest',
      '--token-expiration',
      '3600',
      '--namespace',
      'identity',
      '--sts-regional-endpoint',
      '--exclude-namespace',
      'a',
      '--region',
      'eu-central-1',
      '-v=4',
      '--exclude-namespace=b',
      '--no-drift',
    ])
    expect(argumentsOfServe).toEqual([
      '--port=8443',
      '--metrics-port=9999',
      '--namespace=identity',
      '--failure-policy=Ignore',
      '--in-cluster=true',
      '--service-name=openirsa-webhook',
      '--tls-secret=openirsa-webhook-certificates',
      '--drift=false',
      '--token-expiration=3600',
      '--aws-default-region=eu-central-1',
      '--sts-regional-endpoint=true',
      '--v=4',
    ])
    expect(objects.at(-1).webhooks[0].namespaceSelector.matchExpressions[0].values).toEqual(['a', 'b'])
  })

  it('gives the right to read the ConfigMap to a webhook that reads it', async () => {
    const { objects, argumentsOfServe } = await run(['manifest', '--watch-config-map'])
    expect(argumentsOfServe.filter((word: string) => word.startsWith('--watch-config-map'))).toHaveLength(1)
    expect(JSON.stringify(objects.find(({ kind }) => kind === 'Role').rules)).toContain('pod-identity-webhook')
  })

  it('lets the webhook follow the list of pod identities, when asked', async () => {
    const { argumentsOfServe } = await run(['manifest', '--pod-identities'])
    expect(argumentsOfServe).toContain(
      '--watch-container-credentials-config=/etc/webhook/pod-identities/identities.json',
    )
  })

  it("carries the endpoint's CA into the cluster", async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const { objects, argumentsOfServe } = await run(
      ['manifest', '--endpoint-ca', '-', '--endpoint-url=https://openirsa.example:4566'],
      pem,
    )
    expect(objects.find(({ kind }) => kind === 'ConfigMap').data).toEqual({ 'ca.crt': pem })
    expect(argumentsOfServe).toContain('--endpoint-ca=/etc/webhook/endpoint-authority/ca.crt')
    expect(argumentsOfServe).toContain('--endpoint-url=https://openirsa.example:4566')
  })

  it.each([
    [['--port=443'], /--port cannot be chosen in a manifest: .* 8443/],
    [['--watch-container-credentials-config=/x'], /say --pod-identities/],
    [['--in-cluster=false'], /say --certificates self or cert-manager/],
    [['--tokn-audience=x'], /unknown flag `--tokn-audience`/],
    [['--token-expiration=soon'], /expected a whole number/],
    [['--failure-policy', 'ignore'], /Allowed choices are Ignore, Fail/],
    [['--namespace', 'A'], /cannot be a namespace/],
    [['stray'], /unexpected argument `stray`/],
  ])('refuses %j', async (words, message) => {
    await expect(run(['manifest', ...words])).rejects.toThrow(message)
  })
})

describe('openirsa webhook guard', () => {
  it('prints a policy and its binding, and says what it does not see and what it costs', async () => {
    const { text, objects } = await run(['guard', '-l', 'team in (shop)', '--exclude-namespace', 'kube-system'])
    expect(objects.map(({ kind }) => kind)).toEqual(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'])
    expect(objects[1].spec.paramRef.selector.matchExpressions).toEqual([
      { key: 'team', operator: 'In', values: ['shop'] },
    ])
    for (const said of ['ConfigMap', 'envFrom', '10,000', 'skip-pod-identity-webhook']) expect(text).toContain(said)
  })
})
