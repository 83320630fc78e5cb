import { styleText } from 'node:util'

/** Standard output for data, standard error for people. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Colour, where standard output is a terminal that has it; the text alone must say everything. */
  paint(style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string): string
  /** Everything that comes on standard input. */
  readInput(): Promise<string>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
}

export function systemTerminal(): Terminal {
  endQuietlyWithoutReader()
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: (style, text) => (process.stdout.isTTY && !isSet(process.env.NO_COLOR) ? styleText(style, text) : text),
    readInput: async () => {
      const parts: Buffer[] = []
      for await (const part of process.stdin) parts.push(part as Buffer)
      return Buffer.concat(parts).toString('utf8')
    },
    environment: process.env,
    workingDirectory: process.cwd(),
  }
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ''

/** `openirsa … | head` closes our output early: that is no failure to tell of. */
function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'EPIPE') throw failure
      process.exit(process.exitCode ?? 0)
    })
  }
}
