import { CommanderError } from 'commander'
import { OpenirsaError } from '../core/index.ts'
import type { Terminal } from './terminal.ts'

export const YES = 0
/** A negative answer: refused, not found, different. */
export const NO = 1
/** Wrong usage, or the answer could not be had. */
export const UNKNOWN = 2

/** Says what went wrong in one line (what, why, way out) and gives the exit code. */
export function endWith(failure: unknown, terminal: Terminal): number {
  if (failure instanceof CommanderError) return failure.exitCode === 0 ? YES : UNKNOWN
  if (failure instanceof OpenirsaError) {
    terminal.err(
      `openirsa: ${oneLine(failure.hint === undefined ? failure.message : `${failure.message}: ${failure.hint}`)}`,
    )
    return failure.code === 'CONTROL' ? NO : UNKNOWN
  }
  terminal.err(`openirsa: ${oneLine((failure as Error)?.message ?? String(failure))}`)
  if (terminal.environment.OPENIRSA_DEBUG !== undefined) terminal.err(String((failure as Error)?.stack))
  return UNKNOWN
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ')
