import type { TokenInspection } from '../tools/token/index.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'
import { renderDistance, renderSeconds } from './render-times.ts'
import type { Terminal } from './terminal.ts'

/** Claims that hold a time in epoch seconds, and what they mean. */
const TIMES: ReadonlyMap<string, string> = new Map([
  ['iat', 'issued'],
  ['nbf', 'valid from'],
  ['exp', 'expires'],
  ['auth_time', 'signed in'],
])

/** A decoded token for people. @param now milliseconds since the epoch */
export function renderInspection(inspection: TokenInspection, now: number, terminal: Pick<Terminal, 'paint'>): string {
  const lines = [
    terminal.paint('bold', `NOT VERIFIED: ${KINDS[inspection.kind]}`),
    '',
    'header',
    renderTable(rowsOf(inspection.header, now)),
    '',
    'claims',
    renderTable(rowsOf(inspection.claims, now)),
  ]
  const life = lifeOf(inspection.claims)
  if (life !== undefined) lines.push('', `It lives ${renderSeconds(life)}.`)
  for (const problem of inspection.problems) lines.push('', `‼ ${printable(problem)}`)
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
    const label = `${prefix}${printable(name)}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[label, textOf(name, value, now)]]
    return [[label, ''], ...rowsOf(value as Record<string, unknown>, now, `${prefix}  `)]
  })
}

/** The largest distance from the epoch that `Date` can tell, in milliseconds (ECMA-262 §21.4.1.1). */
const FARTHEST = 8.64e15

function textOf(name: string, value: unknown, now: number): string {
  const meaning = TIMES.get(name)
  if (meaning === undefined || typeof value !== 'number' || !(Math.abs(value * 1000) <= FARTHEST))
    return Array.isArray(value) ? value.map(printable).join(', ') : printable(value)
  const at = value * 1000
  const verb = meaning === 'expires' && at <= now ? 'expired' : meaning
  return `${new Date(at).toISOString().replace('.000Z', 'Z')}  ${verb} ${renderDistance(at, now)}`
}

function lifeOf({ exp, iat }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof exp === 'number' && typeof iat === 'number' && exp > iat ? exp - iat : undefined
}
