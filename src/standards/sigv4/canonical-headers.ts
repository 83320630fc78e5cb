import type { RawHeaders } from '../../core/index.ts'
import { duplicateHeader } from './errors.ts'

/** Headers of one value. Two of them are read differently by different readers while the signature holds for both. */
const SINGLE: ReadonlySet<string> = new Set(['authorization', 'content-length', 'content-type', 'date', 'host'])
const AWS_PREFIX = 'x-amz-'
/** Those of AWS's own that are lists by their definition. */
const LISTS: readonly string[] = ['x-amz-meta-', 'x-amz-object-attributes', 'x-amz-optional-object-attributes']

/**
 * Each header by its name in lower case, with its value as it is signed: trimmed, inner blanks made one, several values joined with commas.
 * @throws SignatureError `malformed` when one that may come once came twice
 */
export function canonicalHeaders(headers: RawHeaders): Map<string, string> {
  const found = new Map<string, string>()
  for (const [rawName, rawValue] of headers) {
    const name = rawName.toLowerCase()
    const value = canonicalValue(rawValue)
    const before = found.get(name)
    if (before === undefined) found.set(name, value)
    else if (isSingle(name)) throw duplicateHeader(name)
    else found.set(name, `${before},${value}`)
  }
  return found
}

/** Whether whoever could change this header could change what the request does: then it must be signed. */
export function mustBeSigned(name: string, form: 'header' | 'query'): boolean {
  if (name === 'host') return true
  // The secret key is derived from the session token: a signature that holds proves it.
  if (name.startsWith(AWS_PREFIX)) return name !== 'x-amz-security-token'
  // SPEC: demanded of signed requests, not of presigned ones, whose sender (a browser) is not the signer.
  return name === 'content-type' && form === 'header'
}

function isSingle(name: string): boolean {
  if (!name.startsWith(AWS_PREFIX)) return SINGLE.has(name)
  return !LISTS.some((prefix) => name.startsWith(prefix))
}

const TO_COLLAPSE = /[\t\r\n]|^ | $| {2}/
const BLANKS = /[ \t\r\n]+/g

export function canonicalValue(value: string): string {
  if (!TO_COLLAPSE.test(value)) return value
  const collapsed = value.replaceAll(BLANKS, ' ')
  return collapsed.slice(collapsed.startsWith(' ') ? 1 : 0, collapsed.endsWith(' ') ? -1 : undefined)
}
