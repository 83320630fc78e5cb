import type { SignatureFacts } from '../../core/index.ts'
import { ALGORITHM, incomplete, malformed, scopeMismatch, TERMINATOR, unsupported } from './errors.ts'
import type { CredentialScope } from './model.ts'

/** What both forms carry, as text. */
export interface SignatureParts {
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
}

/** Splits the value of an `Authorization` header. @throws SignatureError `unsupported`, `malformed`, `incomplete` */
export function parseAuthorization(value: string): SignatureParts {
  const blank = value.indexOf(' ')
  const scheme = blank < 0 ? value : value.slice(0, blank)
  if (scheme !== ALGORITHM) throw unsupported('the `Authorization` header is of another scheme')
  const parts = { Credential: '', SignedHeaders: '', Signature: '' }
  for (let from = blank < 0 ? value.length + 1 : blank + 1; from <= value.length; ) {
    const comma = value.indexOf(',', from)
    const end = comma < 0 ? value.length : comma
    const text = value.slice(from, end).trim()
    from = end + 1
    const equals = text.indexOf('=')
    const name = text.slice(0, Math.max(equals, 0))
    if (!isPart(name)) throw malformed('the `Authorization` header has a part that is not known')
    if (parts[name] !== '') throw malformed(`the \`Authorization\` header has \`${name}\` twice`)
    parts[name] = text.slice(equals + 1)
  }
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: signature } = parts
  requireParts(parts)
  return { credential, signedHeaders, signature }
}

/** @throws SignatureError `incomplete` naming the empty ones */
export function requireParts(parts: Readonly<Record<string, string>>): void {
  const absent = Object.keys(parts).filter((name) => parts[name] === '')
  if (absent.length > 0) throw incomplete(absent)
}

function isPart(name: string): name is 'Credential' | 'SignedHeaders' | 'Signature' {
  return name === 'Credential' || name === 'SignedHeaders' || name === 'Signature'
}

const ACCESS_KEY_ID = /^\w{1,128}$/
const DATE = /^\d{8}$/
const LABEL = /^[a-z0-9-]{1,64}$/

export interface Credential {
  readonly accessKeyId: string
  readonly scope: CredentialScope
}

/** `AKID/date/region/service/aws4_request`. @throws SignatureError `malformed`, `scope-mismatch` (terminator) */
export const parseCredential: (credential: string) => Credential = readOnce(readCredential)

function readCredential(credential: string): Credential {
  const [accessKeyId = '', date = '', region = '', service = '', terminator = '', ...more] = credential.split('/', 6)
  if (!ACCESS_KEY_ID.test(accessKeyId)) throw malformed('`Credential` has no access key id')
  const facts = { accessKeyId }
  if (more.length > 0 || !DATE.test(date) || !LABEL.test(region) || !LABEL.test(service)) {
    throw malformed('`Credential` must be access key id, `YYYYMMDD`, region, service and terminator', facts)
  }
  if (terminator !== TERMINATOR)
    throw scopeMismatch('terminator', terminator.slice(0, 64), { ...facts, wanted: TERMINATOR })
  return { accessKeyId, scope: { date, region, service } }
}

// SPEC: RFC 9110 §5.6.2, tokens; in lower case.
const HEADER_NAMES = /^[a-z0-9!#$%&'*+.^_`|~-]+(?:;[a-z0-9!#$%&'*+.^_`|~-]+)*$/

/** @throws SignatureError `malformed` unless they are in lower case, sorted, each once */
export const parseSignedHeaders: (text: string, facts: SignatureFacts) => readonly string[] =
  readOnce(readSignedHeaders)

function readSignedHeaders(text: string, facts: SignatureFacts): readonly string[] {
  if (!HEADER_NAMES.test(text)) throw malformed('`SignedHeaders` must be names in lower case with `;` between', facts)
  const names = text.split(';')
  for (let at = 1; at < names.length; at += 1) {
    if ((names[at - 1] ?? '') >= (names[at] ?? '')) throw malformed('`SignedHeaders` must be sorted, each once', facts)
  }
  return names
}

const SIGNATURE = /^[0-9a-f]{64}$/

/** @throws SignatureError `malformed` */
export function parseSignature(text: string, facts: SignatureFacts): string {
  if (!SIGNATURE.test(text)) throw malformed('`Signature` must be 64 lower-case hex digits', facts)
  return text
}

/** Texts of that many callers, and none that is longer than theirs are. */
const MOST_KEPT = 1000
const LONGEST_KEPT = 300

/** What a caller writes the same in each request of a day is read once. A text that is refused is refused anew. */
function readOnce<Context extends readonly unknown[], Read>(
  read: (text: string, ...context: Context) => Read,
): (text: string, ...context: Context) => Read {
  const kept = new Map<string, Read>()
  return (text, ...context) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const found = read(text, ...context)
    if (kept.size >= MOST_KEPT) kept.clear()
    if (text.length <= LONGEST_KEPT) kept.set(text, found)
    return found
  }
}
