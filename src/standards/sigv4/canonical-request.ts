import { createHmac, hash, type KeyObject } from 'node:crypto'
import type { HttpHead } from '../../core/index.ts'
import { canonicalPath } from './canonical-path.ts'
import { canonicalQuery, parseQuery } from './canonical-query.ts'
import { ALGORITHM, malformed, TERMINATOR } from './errors.ts'
import type { CredentialScope, PathStyle } from './model.ts'

/** What makes a request's canonical form, besides its head. */
export interface CanonicalParts {
  readonly pathStyle: PathStyle
  /** By name in lower case; has all of `signedHeaders`. */
  readonly headers: ReadonlyMap<string, string>
  readonly signedHeaders: readonly string[]
  readonly payload: string
}

/** @throws SignatureError `malformed` when path or query are not properly encoded, or a header's character is no byte */
export function canonicalRequest({ method, path, query }: HttpHead, parts: CanonicalParts): string {
  let lines = ''
  for (const name of parts.signedHeaders) {
    const value = parts.headers.get(name) ?? ''
    // Hashing takes the low byte of each character: two texts would have one hash.
    if (NOT_LATIN1.test(value)) throw malformed('a header has a character that is no byte')
    lines += `${name}:${value}\n`
  }
  const target = `${canonicalPath(path, parts.pathStyle)}\n${canonicalQuery(parseQuery(query))}`
  return `${method}\n${target}\n${lines}\n${parts.signedHeaders.join(';')}\n${parts.payload}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of a byte
const NOT_LATIN1 = /[^\x00-\xff]/

export function stringToSign(requestDate: string, scope: CredentialScope, canonical: string): string {
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')
  return `${ALGORITHM}\n${requestDate}\n${renderScope(scope)}\n${digest}`
}

export function renderScope({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/${TERMINATOR}`
}

export function signText(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
