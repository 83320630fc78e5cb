import { type HttpHead, headerValue } from '../../core/index.ts'

/** Why the head of a request is refused, whatever it asks for. */
export type HeadFault =
  | 'bad-expectation'
  | 'bad-host'
  | 'bad-target'
  | 'bad-transfer-encoding'
  | 'bad-version'
  | 'connect'
  | 'duplicate-header'
  | 'https-required'
  | 'missing-host'
  | 'too-many-headers'
  | 'upgrade'

/** In words, for whoever sent it. */
export const HEAD_FAULTS = {
  'bad-expectation': 'expected no Expect but 100-continue',
  'bad-host': 'the Host header is not a host',
  'bad-target': 'the request target must be a path',
  'bad-transfer-encoding': 'expected no Transfer-Encoding but chunked, and that in HTTP/1.1 only',
  'bad-version': 'expected HTTP/1.1',
  connect: 'this is no proxy',
  'duplicate-header': 'a header that may be sent once was sent several times',
  'https-required': 'expected https on this address',
  'missing-host': 'the Host header is missing',
  'too-many-headers': 'too many headers',
  upgrade: 'no upgrade of the protocol is offered',
} as const satisfies Record<HeadFault, string>

/** Node cuts the list at its own limit without a word: refuse well before it. */
export const MOST_HEADERS = 899

/**
 * Headers of one value. Two of them are read differently by different readers, which is how requests are smuggled
 * and signatures stripped.
 */
const SINGLE: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'expect',
  'expires',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'proxy-authorization',
  'range',
  'transfer-encoding',
  'upgrade',
])
/** All of AWS's own, but those that are lists by their definition. */
const SINGLE_PREFIX = 'x-amz-'
const LISTS: readonly string[] = ['x-amz-meta-', 'x-amz-object-attributes', 'x-amz-optional-object-attributes']

/** The first rule that the head breaks, or undefined. `version` is HTTP's, such as `1.1`. */
export function findHeadFault(head: HttpHead, version: string): HeadFault | undefined {
  const { headers } = head
  if (headers.length > MOST_HEADERS) return 'too-many-headers'
  if (version !== '1.1' && version !== '1.0') return 'bad-version'
  if (head.method === 'CONNECT') return 'connect'
  if (hasDuplicate(head)) return 'duplicate-header'
  const host = headerValue(headers, 'host')
  if (host === undefined || host === '') return 'missing-host'
  if (!isHost(host)) return 'bad-host'
  // SPEC: RFC 9112 §3.2.1, origin-form; the absolute form is for proxies and would hide another host.
  if (!head.path.startsWith('/')) return 'bad-target'
  return findBodyFault(head, version)
}

function findBodyFault({ headers }: HttpHead, version: string): HeadFault | undefined {
  const coding = headerValue(headers, 'transfer-encoding')
  if (coding !== undefined && (version !== '1.1' || coding.toLowerCase() !== 'chunked')) return 'bad-transfer-encoding'
  if (headerValue(headers, 'upgrade') !== undefined) return 'upgrade'
  const expectation = headerValue(headers, 'expect')
  return expectation === undefined || expectation.toLowerCase() === '100-continue' ? undefined : 'bad-expectation'
}

function hasDuplicate({ headers }: HttpHead): boolean {
  const seen = new Set<string>()
  for (const [name] of headers) {
    const lower = name.toLowerCase()
    if (!isSingle(lower)) continue
    if (seen.has(lower)) return true
    seen.add(lower)
  }
  return false
}

function isSingle(name: string): boolean {
  if (!name.startsWith(SINGLE_PREFIX)) return SINGLE.has(name)
  return !LISTS.some((list) => name.startsWith(list))
}

/** SPEC: RFC 9112 §3.2, `uri-host [":" port]`: names, IPv4, bracketed IPv6; underscores, since buckets may have them. */
function isHost(value: string): boolean {
  return /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(value)
}
