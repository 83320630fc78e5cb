import type { Terminal } from '../terminal.ts'

/** A terminal without colours that remembers what was said. */
export interface TerminalUnderTest extends Terminal {
  readonly printed: string[]
  readonly said: string[]
}

export function terminalUnderTest(
  environment: Readonly<Record<string, string | undefined>> = {},
  input = '',
): TerminalUnderTest {
  const printed: string[] = []
  const said: string[] = []
  return {
    printed,
    said,
    out: (text) => void printed.push(text),
    err: (text) => void said.push(text),
    paint: (_style, text) => text,
    readInput: async () => input,
    environment,
    workingDirectory: '/nowhere',
  }
}
