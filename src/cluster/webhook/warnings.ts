import type { MutationWarning } from './model.ts'

/** SPEC: the API server asks for at most 120 characters each, cuts at 256 and keeps 4096 in all. */
const LONGEST_WARNING = 256
const LONGEST_TOTAL = 4096

/**
 * The lines for the response. What does not fit is counted in the last one.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
 */
export function renderWarnings(warnings: readonly MutationWarning[]): readonly string[] {
  if (warnings.length === 0) return []
  const lines = warnings.map(({ text }) => cut(text))
  const kept: string[] = []
  let total = LONGEST_TOTAL - LONGEST_WARNING
  for (const line of lines) {
    total -= runes(line)
    if (total < 0) break
    kept.push(line)
  }
  const lost = lines.length - kept.length
  return lost === 0 ? kept : [...kept, `${lost} more warnings are left out`]
}

function cut(text: string): string {
  const line = Array.from(text)
  return line.length <= LONGEST_WARNING ? text : `${line.slice(0, LONGEST_WARNING - 1).join('')}…`
}

function runes(text: string): number {
  return Array.from(text).length
}

/** A value of somebody else's, made fit for a line: no control characters, not too long, in backticks. */
export function quote(value: string): string {
  const line = Array.from(value.replaceAll(/[\p{C}\p{Zl}\p{Zp}`]/gu, '?'))
  return `\`${line.length <= LONGEST_QUOTED ? line.join('') : `${line.slice(0, LONGEST_QUOTED - 1).join('')}…`}\``
}

const LONGEST_QUOTED = 64
