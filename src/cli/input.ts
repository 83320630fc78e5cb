import { readFileSync } from 'node:fs'
import { ConfigError } from '../core/index.ts'
import type { Terminal } from './terminal.ts'

/** The text of a file; `-` or nothing is standard input. @throws ConfigError when it cannot be read */
export async function readTextOf(name: string | undefined, terminal: Terminal): Promise<string> {
  if (name === undefined || name === '-') return terminal.readInput()
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      `the file \`${name}\` cannot be read: ${WHY[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause as Error).message}`,
      { cause },
    )
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is none of that name',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
}
