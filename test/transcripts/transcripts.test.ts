import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShell, type Shell } from './shell.ts'
import { fits, parseTranscript } from './transcript.ts'

const DOCUMENTS = [
  'README.md',
  'docs/start/on-my-laptop.md',
  'docs/guides/local-programs.md',
  'docs/guides/bind.md',
  'docs/guides/china-and-govcloud.md',
]

/** A foreground `up` would keep the shell: it is sent to the background, and that is all that is changed. */
const asTyped = (command: string): string => command.replace(/(openirsa up)(?!.*--detach)/, '$1 --detach')

describe.each(DOCUMENTS)('%s does what it says', (document) => {
  const steps = parseTranscript(readFileSync(document, 'utf8'))
  let shell: Shell

  beforeAll(() => {
    shell = openShell()
  })

  afterAll(() => shell.close())

  test('it has commands', () => {
    expect(steps.filter((step) => step.kind === 'command').length).toBeGreaterThan(3)
  })

  for (const step of steps) {
    if (step.kind === 'file') {
      test(`line ${step.line}: ${step.name} is written`, () => {
        writeFileSync(join(shell.folder, step.name), step.text)
        expect(readFileSync(join(shell.folder, step.name), 'utf8')).toBe(step.text)
      })
      continue
    }
    test(`line ${step.line}: ${step.name.split('\n')[0]}`, { timeout: 60_000 }, async () => {
      const { status, printed } = await shell.run(asTyped(step.name))
      if (/# .*refused/.test(step.name)) expect(status, printed).not.toBe(0)
      else expect(status, printed).toBe(0)
      expect(fits(step.text, printed), `expected\n${step.text}\nprinted\n${printed}`).toBe(true)
    })
  }
})

describe('a transcript', () => {
  test('… stands for the rest of a line, or for any lines', () => {
    expect(fits('a …\n…\nz', 'a b\nc\nd\nz')).toBe(true)
    expect(fits('a …\n…\nz', 'a b\nz')).toBe(true)
    expect(fits('a …', 'b')).toBe(false)
    expect(fits('a\nb', 'a\nc\nb')).toBe(false)
  })

  test('a command goes on after >, and what it prints begins after that', () => {
    const [step] = parseTranscript('```console\n$ cat <<END\n> a\n>\n> END\na\n> b\n```')
    expect([step?.name, step?.text]).toEqual(['cat <<END\na\n\nEND', 'a\n> b\n'])
  })

  test('a block with a file name is that file', () => {
    expect(parseTranscript('x\n```yaml a.yaml\nk: v\n```\n```yaml\nnot: a file\n```')).toEqual([
      { kind: 'file', name: 'a.yaml', text: 'k: v\n', line: 2 },
    ])
  })
})
