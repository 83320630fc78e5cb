import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShell, type Shell } from '../transcripts/shell.ts'
import { fits, parseTranscript } from '../transcripts/transcript.ts'
import { type ControlPlane, describeWithApiServer, startControlPlane } from './harness/index.ts'

const DOCUMENT = 'docs/guides/webhook.md'

describeWithApiServer(`${DOCUMENT} does what it says, but for Helm and what needs a node`, () => {
  const steps = parseTranscript(readFileSync(DOCUMENT, 'utf8'))
  let cluster: ControlPlane
  let shell: Shell
  const before = { ...process.env }

  beforeAll(async () => {
    cluster = await startControlPlane({ controllers: ['serviceaccount-controller', 'namespace-controller'] })
    process.env.KUBECONFIG = cluster.kubeconfig
    process.env.PATH = `${cluster.bin}${delimiter}${process.env.PATH}`
    shell = openShell()
  })
  afterAll(async () => {
    process.env.KUBECONFIG = before.KUBECONFIG
    process.env.PATH = before.PATH
    await shell?.close()
    await cluster?.stop()
  })

  test('it has commands', () => {
    expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(8)
  })

  for (const step of steps) {
    test(`line ${step.line}: ${step.name}`, { timeout: 90_000 }, async () => {
      if (step.kind === 'file') return writeFileSync(join(shell.folder, step.name), step.text)
      const { status, printed } = await shell.run(step.name)
      if (/# refused/.test(step.name)) expect(status, printed).not.toBe(0)
      else expect(status, printed).toBe(0)
      expect(fits(step.text, printed), `expected\n${step.text}\nprinted\n${printed}`).toBe(true)
    })
  }
})
