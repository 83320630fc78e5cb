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
  for (const piece of blank < 0 ? [] : value.slice(blank + 1).split(',')) {
    const text = piece.trim()
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

/** `AKID/date/region/service/aws4_request`. @throws SignatureError `malformed`, `scope-mismatch` (terminator) */
export function parseCredential(credential: string): {
  readonly accessKeyId: string
  readonly scope: CredentialScope
} {
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
export function parseSignedHeaders(text: string, facts: SignatureFacts): readonly string[] {
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
