/**
 * Documents whose console blocks are run as they stand.
 *
 * ```yaml NAME   (any language followed by a file name) is written to that file;
 * ```console     holds commands after `$ ` (going on after `> `) and, below each, what it prints: `…` stands for anything, in a line or as a line of its own.
 * A command must succeed, unless its comment says `refused`: then it must fail. One shell runs the whole document.
 */
export interface Step {
  readonly kind: 'file' | 'command'
  /** File name, or the command. */
  readonly name: string
  /** Content of the file, or the lines that are expected (none: anything). */
  readonly text: string
  readonly line: number
}

export function parseTranscript(markdown: string): readonly Step[] {
  const steps: Step[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(\w+)(?: (\S+))?$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const end = lines.indexOf('```', at + 1)
    const block = lines.slice(at + 1, end)
    if (fence[1] === 'console') steps.push(...parseConsole(block, at + 2))
    else if (fence[2] !== undefined)
      steps.push({ kind: 'file', name: fence[2], text: `${block.join('\n')}\n`, line: at + 1 })
    at = end
  }
  return steps
}

function parseConsole(block: readonly string[], firstLine: number): readonly Step[] {
  const steps: { kind: 'command'; name: string; text: string; line: number }[] = []
  for (const [index, line] of block.entries()) {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) {
      steps.push({ kind: 'command', name: line.slice(2), text: '', line: firstLine + index })
    } else if (last !== undefined && last.text === '' && /^>( |$)/.test(line)) {
      last.name += `\n${line.replace(/^> ?/, '')}`
    } else if (last !== undefined) {
      last.text += `${line}\n`
    }
  }
  return steps
}

/** Does what was printed fit what the document shows? */
export function fits(expected: string, printed: string): boolean {
  if (expected.trim() === '') return true
  const pattern = expected
    .trim()
    .split('\n')
    .map((line) => (line.trim() === '…' ? '[^]*' : line.trimEnd().split('…').map(escaped).join('.*')))
    .join('\\n')
    .replaceAll('\\n[^]*\\n', '\\n(?:[^]*\\n)?')
  return new RegExp(`^${pattern}$`).test(
    printed
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .trim(),
  )
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
