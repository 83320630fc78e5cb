import type { TokenInspection } from '../tools/token/index.ts'
import { renderTable } from './render-table.ts'
import { renderDistance, renderSeconds } from './render-times.ts'
import type { Terminal } from './terminal.ts'

/** Claims that hold a time in epoch seconds, and what they mean. */
const TIMES: Readonly<Record<string, string>> = {
  iat: 'issued',
  nbf: 'valid from',
  exp: 'expires',
  auth_time: 'signed in',
}

/** A decoded token for people. @param now milliseconds since the epoch */
export function renderInspection(inspection: TokenInspection, now: number, terminal: Terminal): string {
  const lines = [terminal.paint('bold', `NOT VERIFIED: ${KINDS[inspection.kind]}`), '']
  lines.push(
    'header',
    renderTable(rowsOf(inspection.header, now)),
    '',
    'claims',
    renderTable(rowsOf(inspection.claims, now)),
  )
  const life = lifeOf(inspection.claims)
  if (life !== undefined) lines.push('', `It lives ${renderSeconds(life)}.`)
  for (const problem of inspection.problems) lines.push('', `‼ ${problem}`)
  return lines.join('\n')
}

const KINDS = {
  projected: "a service account's projected token",
  'legacy-secret': 'a legacy secret token: it never expires and names no audience',
  other: 'a token that Kubernetes did not make',
} as const satisfies Record<TokenInspection['kind'], string>

function rowsOf(
  members: Readonly<Record<string, unknown>>,
  now: number,
  prefix = '  ',
): readonly (readonly string[])[] {
  return Object.entries(members).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return [[`${prefix}${name}`, ''], ...rowsOf(value as Record<string, unknown>, now, `${prefix}  `)]
    }
    return [[`${prefix}${name}`, textOf(name, value, now)]]
  })
}

function textOf(name: string, value: unknown, now: number): string {
  const meaning = TIMES[name]
  if (meaning !== undefined && typeof value === 'number' && Number.isFinite(value)) {
    const at = value * 1000
    return Math.abs(at) > 8.64e15
      ? String(value)
      : `${new Date(at).toISOString().replace('.000Z', 'Z')}  ${meaning} ${renderDistance(at, now)}`.replace(
          'expires ',
          at > now ? 'expires ' : 'expired ',
        )
  }
  return Array.isArray(value) ? value.map(printable).join(', ') : printable(value)
}

/** What a token says may hold escape sequences: none of them reaches the terminal. */
function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return [...text].map((letter) => (isControl(letter) ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter)).join('')
}

const isControl = (letter: string): boolean => letter < ' ' || (letter >= '\u007f' && letter <= '\u009f')

function lifeOf(claims: Readonly<Record<string, unknown>>): number | undefined {
  const { exp, iat } = claims
  return typeof exp === 'number' && typeof iat === 'number' && exp > iat ? exp - iat : undefined
}
