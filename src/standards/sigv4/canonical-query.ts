import { malformed } from './errors.ts'
import { recode, UNRESERVED } from './percent.ts'

/** A parameter, name and value as they are signed: percent-encoded in the one way. */
export type QueryPair = readonly [name: string, value: string]

/**
 * The parameters of a raw query, in their order. A name without `=` has an empty value; `+` is a plus.
 * @throws SignatureError `malformed` when the encoding is broken
 */
export function parseQuery(query: string): QueryPair[] {
  if (query === '') return []
  const pairs: QueryPair[] = []
  for (const piece of query.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    const name = recode(equals < 0 ? piece : piece.slice(0, equals), UNRESERVED)
    const value = equals < 0 ? '' : recode(piece.slice(equals + 1), UNRESERVED)
    if (name === undefined || value === undefined) throw malformed('the query is not properly percent-encoded')
    pairs.push([name, value])
  }
  return pairs
}

/** The parameters as they are signed: sorted by name, then value, without the signature itself. */
export function canonicalQuery(pairs: readonly QueryPair[]): string {
  if (pairs.length === 0) return ''
  const sorted = pairs.filter(([name]) => name !== 'X-Amz-Signature').sort(byNameThenValue)
  return sorted.map(([name, value]) => `${name}=${value}`).join('&')
}

/** By code units: both are plain ASCII by now. */
function byNameThenValue(one: QueryPair, other: QueryPair): number {
  if (one[0] !== other[0]) return one[0] < other[0] ? -1 : 1
  if (one[1] === other[1]) return 0
  return one[1] < other[1] ? -1 : 1
}
