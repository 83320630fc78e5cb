import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createProgram } from '../program.ts'
import { terminalUnderTest } from '../testing/terminal-under-test.ts'
import { version } from '../version.ts'

const ROLE = 'arn:aws:iam::111122223333:role/agent'
const NEEDED = ['--cluster-name', 'production', '--role-arn', ROLE]

async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}, input = '') {
  const terminal = terminalUnderTest(environment, input)
  await createProgram(terminal).parseAsync(['node', 'openirsa', 'agent', 'manifest', ...words])
  expect(terminal.said).toEqual([])
  const text = terminal.printed.join('\n')
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind
  const objects = Array.from(parseAllDocuments(text)).map((document) => document.toJS() as any)
  return { text, objects }
}

describe('openirsa agent manifest', () => {
  it('prints everything for kubectl apply, with what the role needs and how to uninstall above it', async () => {
    const { text, objects } = await run([...NEEDED, '--region', 'eu-central-1'])
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'DaemonSet'])
    const { containers, initContainers } = objects[2].spec.template.spec
    for (const { image } of [...containers, ...initContainers]) expect(image).toBe(`openirsa:${version()}`)
    expect(text).toContain('# system:serviceaccount:openirsa-agent:openirsa-agent with the audience of its token.\n')
    expect(text).toContain('# To uninstall: kubectl delete -f FILE.')
  })

  it('takes the region of the environment, where none is told', async () => {
    const { text } = await run(NEEDED, { AWS_REGION: 'ap-southeast-2' })
    expect(text).toContain('value: ap-southeast-2')
    await expect(run(NEEDED)).rejects.toThrow('the region of the cluster is not known')
  })

  it('reads the authority of the endpoint from a file, or standard input', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const own = ['--region', 'eu-central-1', '--endpoint', 'https://openirsa.example:4566', '--endpoint-ca', '-']
    const { objects } = await run([...NEEDED, ...own], {}, pem)
    expect(objects.find(({ kind }) => kind === 'ConfigMap').data['ca.crt']).toBe(pem)
  })
})
