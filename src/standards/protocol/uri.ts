import { ApiError } from '../../core/index.ts'

/** Raw query of a request: each key with all its values, decoded once; a key without `=` has the empty value. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>

/** @throws ApiError InvalidURI */
export function readQuery(raw: string): QueryParameters {
  const out = new Map<string, string[]>()
  for (const pair of raw.split('&')) {
    if (pair === '') continue
    const mark = pair.indexOf('=')
    const key = decodeUriText((mark < 0 ? pair : pair.slice(0, mark)).replaceAll('+', ' '))
    const value = mark < 0 ? '' : decodeUriText(pair.slice(mark + 1).replaceAll('+', ' '))
    const known = out.get(key)
    if (known === undefined) out.set(key, [value])
    else known.push(value)
  }
  return out
}

/**
 * Percent escapes to text, exactly once: `%252F` becomes `%2F`, and nothing is normalised.
 * Bytes that came unescaped are UTF-8 too (the request line is latin1 to Node).
 * @throws ApiError InvalidURI when the bytes are not UTF-8 or an escape is not one
 */
export function decodeUriText(raw: string): string {
  try {
    return raw.includes('%') || !isAscii(raw) ? decodeURIComponent(escapeHighBytes(raw)) : raw
  } catch (cause) {
    throw new ApiError('InvalidURI', 400, "Couldn't parse the specified URI.", {}, { cause })
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

function escapeHighBytes(raw: string): string {
  return raw.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}
