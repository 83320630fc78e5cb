import { CommanderError } from 'commander'
import { OpenirsaError } from '../core/index.ts'
import type { Terminal } from './terminal.ts'

export const YES = 0
/** A negative answer: refused, not found, different. */
export const NO = 1
/** Wrong usage, or the answer could not be had. */
export const UNKNOWN = 2

/** Says what went wrong in one line (what, why, way out) and gives the exit code. */
export function endWith(failure: unknown, terminal: Pick<Terminal, 'err' | 'environment'>): number {
  // Commander has said it already, on its way here.
  if (failure instanceof CommanderError) return failure.exitCode === 0 ? YES : UNKNOWN
  if (failure instanceof OpenirsaError) {
    const { message, hint } = failure
    terminal.err(`openirsa: ${oneLine(hint === undefined ? message : `${message}: ${hint}`)}`)
    return isNo(failure) ? NO : UNKNOWN
  }
  const message = failure instanceof Error ? failure.message : String(failure)
  const isTraced = (terminal.environment.OPENIRSA_DEBUG ?? '') !== ''
  terminal.err(`openirsa: ${oneLine(message)}${isTraced ? '' : ': a fault of openirsa; OPENIRSA_DEBUG=1 shows where'}`)
  if (isTraced && failure instanceof Error) terminal.err(String(failure.stack))
  return UNKNOWN
}

/** Codes of errors that are an answer: the demo's checks, an exchange that was refused, a key that may not sign or go yet, a foreign key where ours are published. */
const NEGATIVE: ReadonlySet<string> = new Set(['DEMO', 'EXCHANGE_REFUSED', 'FOREIGN_KEY', 'ROTATION'])

/** The installation understood the question, and its answer is no; a closed door or a broken one is no answer. */
function isNo(failure: OpenirsaError): boolean {
  if (NEGATIVE.has(failure.code)) return true
  if (failure.code !== 'CONTROL' || !('status' in failure)) return false
  return typeof failure.status === 'number' && failure.status < 500 && failure.status !== 401 && failure.status !== 403
}

export const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')
