import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type Instant, instant } from '../../core/index.ts'
import type { Signer } from '../../io/http/index.ts'
import type { AuthorityPhase } from './model.ts'

/** What the Secret holds. An authority that is `next` is trusted and signs nothing yet; `previous` is trusted and signs nothing any more. */
export interface CertificateState {
  readonly authority?: Signer
  readonly next?: Signer
  /** Its certificate; the key is thrown away. */
  readonly previous?: string
  readonly server?: Signer
  /** Since when there is a `next` or a `previous`. */
  readonly since?: Instant
}

/** The Secret's `data`, with the base64 taken away. */
export type SecretTexts = Readonly<Record<string, string | undefined>>

export interface ReadState {
  readonly state: CertificateState
  /** Keys whose contents are of no use; nothing of them is in `state`. */
  readonly damaged: readonly string[]
}

/** SPEC: `tls.crt`, `tls.key` and `ca.crt` are what Secrets of certificates call them everywhere. */
const PAIRS = {
  server: ['tls.crt', 'tls.key'],
  authority: ['ca.crt', 'ca.key'],
  next: ['next-ca.crt', 'next-ca.key'],
} as const

const PREVIOUS = 'previous-ca.crt'
const SINCE = 'since'

/** Every key that is written here; whatever else the Secret has is left alone. */
export const SECRET_KEYS: readonly string[] = [...Object.values(PAIRS).flat(), PREVIOUS, SINCE]

export function parseState(texts: SecretTexts): ReadState {
  const damaged: string[] = []
  const pair = (name: keyof typeof PAIRS): Signer | undefined => {
    const [cert, key] = PAIRS[name]
    const found = { cert: texts[cert] ?? '', key: texts[key] ?? '' }
    if (found.cert === '' && found.key === '') return undefined
    if (isPair(found)) return found
    damaged.push(cert)
    return undefined
  }
  const previous = texts[PREVIOUS] ?? ''
  if (previous !== '' && !isCertificate(previous)) damaged.push(PREVIOUS)
  const parsed = {
    authority: pair('authority'),
    next: pair('next'),
    server: pair('server'),
    previous: isCertificate(previous) ? previous : undefined,
    since: parseSince(texts[SINCE]),
  }
  return { state: withoutUndefined(parsed), damaged }
}

export function renderState({ authority, next, previous, server, since }: CertificateState): SecretTexts {
  return {
    ...renderPair('server', server),
    ...renderPair('authority', authority),
    ...renderPair('next', next),
    [PREVIOUS]: previous,
    [SINCE]: since === undefined ? undefined : new Date(since).toISOString(),
  }
}

export function phaseOf({ next, previous }: CertificateState): AuthorityPhase {
  if (next !== undefined) return 'added'
  return previous === undefined ? 'steady' : 'switched'
}

/** The certificates that API servers are to trust, PEM. */
export function bundleOf({ authority, next, previous }: CertificateState): string {
  return [authority?.cert, next?.cert, previous].filter((cert) => cert !== undefined).join('')
}

function renderPair(name: keyof typeof PAIRS, pair: Signer | undefined): SecretTexts {
  const [cert, key] = PAIRS[name]
  return { [cert]: pair?.cert, [key]: pair?.key }
}

function isPair({ cert, key }: Signer): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca
  } catch {
    return false
  }
}

function parseSince(text: string | undefined): Instant | undefined {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : instant(at)
}

type Optional<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

function withoutUndefined<Fields extends object>(fields: Fields): Optional<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Optional<Fields>
}
