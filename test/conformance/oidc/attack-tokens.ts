/** The attacks of `jwt-exchange.json` as tokens: what the vectors abbreviate is written out here. */
import { constants, createHash, createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { expect } from 'vitest'
import { generateSigningKey } from '../../../src/cluster/issuer/index.ts'
import type { SigningKey } from '../../../src/standards/oidc/index.ts'
import { readVectors } from './vectors.ts'

interface Mutation {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly rawPayload?: string
  readonly sig?: string
  readonly form?: string
}

export interface AttackCase {
  readonly id: string
  readonly mutate: Mutation & { readonly scenario?: string }
  readonly expect: string
}

export const { cases } = readVectors<{ cases: readonly AttackCase[] }>('adversarial/jwt-exchange.json')
/** What needs roles and requests is judged with the service; everything else is judged by the token alone. */
export const tokenCases = cases.filter(({ mutate }) => mutate.scenario === undefined)

export const ISSUER = 'https://idp.test/id/1'
export const ours: SigningKey = { ...generateSigningKey('RS256'), keyId: 'k1' }
const ourEc: SigningKey = { ...generateSigningKey('ES256'), keyId: 'k1' }
const attackers = generateSigningKey('RS256')

/** Epoch second at which every case is judged. */
export const NOW = 1_760_000_000
/** Claims of a token that is good then. */
export const baseClaims = {
  iss: ISSUER,
  aud: 'sts.amazonaws.com',
  sub: 'system:serviceaccount:team-a:orders',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
}

/** The tokens of a case, and the keys that its issuer publishes. */
export interface AttackTokens {
  readonly tokens: readonly string[]
  readonly keys: readonly SigningKey[]
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const rs256 = (input: string, { privateKey }: SigningKey): Buffer => sign('sha256', Buffer.from(input), privateKey)

/** `now+301`, `<absent>` and the like, put into the object. */
function mutated(
  base: Record<string, unknown>,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const result = { ...base }
  for (const [name, value] of Object.entries(changes)) {
    if (value === '<absent>') delete result[name]
    else result[name] = concrete(value)
  }
  return result
}

function concrete(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const relative = /^now([+-]\d+)( as string)?$/.exec(value)
  if (relative !== null) {
    const at = NOW + Number(relative[1])
    return relative[2] === undefined ? at : String(at)
  }
  const repeated = /^"(.)" x (\d+)$/.exec(value)
  return repeated === null ? value : repeated[1]!.repeat(Number(repeated[2]))
}

/** Payloads as bytes: what the vectors abbreviate with `…` is written out. */
const rawPayloads: Readonly<Record<string, () => Uint8Array>> = {
  'json leading BOM': () => Buffer.from(`\ufeff${JSON.stringify(baseClaims)}`),
  'json overlong utf-8': () =>
    Buffer.concat([
      Buffer.from('{"sub":"'),
      Buffer.from([0xc0, 0x80]),
      Buffer.from('"'),
      Buffer.from(JSON.stringify(baseClaims).replace('{', ',')),
    ]),
  'json 10 MB claim': () => Buffer.from(JSON.stringify({ ...baseClaims, a: 'A'.repeat(10_000_000) })),
  'json 10 kB claim of a wrong type (sub)': () =>
    Buffer.from(JSON.stringify({ ...baseClaims, sub: ['A'.repeat(10_000)] })),
  'json NaN literal': () => Buffer.from(JSON.stringify(baseClaims).replace(String(baseClaims.exp), 'NaN')),
}

function payloadOf({ id, mutate }: AttackCase): Uint8Array {
  const own = rawPayloads[id]
  if (own !== undefined) return own()
  if (mutate.rawPayload === undefined) return Buffer.from(JSON.stringify(mutated(baseClaims, mutate.claims)))
  const rest = Object.entries(baseClaims).filter(
    ([name]) => !mutate.rawPayload!.includes(`"${name}":`) || id.includes('__proto__'),
  )
  return Buffer.from(mutate.rawPayload.replace('...', JSON.stringify(Object.fromEntries(rest)).slice(1, -1)))
}

export function signedParts(testCase: AttackCase): { input: string; jwt: string } {
  const header = encode(mutated({ alg: 'RS256', kid: 'k1' }, testCase.mutate.header))
  const input = `${header}.${Buffer.from(payloadOf(testCase)).toString('base64url')}`
  return { input, jwt: `${input}.${rs256(input, ours).toString('base64url')}` }
}

const publicPem = ours.publicKey.export({ type: 'spki', format: 'pem' }) as string
const publicJwk = ours.publicKey.export({ format: 'jwk' })
const hmacKeys: readonly (string | Uint8Array)[] = [
  publicPem,
  ours.publicKey.export({ type: 'spki', format: 'der' }) as Buffer,
  JSON.stringify(publicJwk),
  Buffer.from(publicJwk.n!, 'base64url'),
  '',
]

/** Signatures by what the vectors call them; each gives the tokens to try. */
const signatures: Readonly<Record<string, (input: string, jwt: string) => readonly string[]>> = {
  'keep|empty': (input, jwt) => [jwt, `${input}.`],
  empty: (input) => [`${input}.`],
  'hmac-with-public-key(PEM|SPKI-DER|JWK-JSON|n-bytes|empty)': (input) =>
    hmacKeys.flatMap((key) =>
      ['sha256', 'sha512'].map((hash) => `${input}.${createHmac(hash, key).update(input).digest('base64url')}`),
    ),
  '0..01': (input) => [`${input}.${Buffer.concat([Buffer.alloc(255), Buffer.from([1])]).toString('base64url')}`],
  'modulus-1': (input) => {
    const modulus = Buffer.from(publicJwk.n!, 'base64url')
    modulus[255] = modulus[255]! - 1
    return [`${input}.${modulus.toString('base64url')}`]
  },
  '+1 byte': (input) => [
    `${input}.${Buffer.concat([rs256(input, ours), Buffer.from([0])]).toString('base64url')}`,
    `${input}.${Buffer.concat([Buffer.from([0]), rs256(input, ours)]).toString('base64url')}`,
  ],
  'PSS signature, alg RS256': (input) => [
    `${input}.${sign('sha256', Buffer.from(input), { key: ours.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }).toString('base64url')}`,
  ],
  'attacker key where one is named, else keep-and-resign': (input) => [
    `${input}.${rs256(input, attackers).toString('base64url')}`,
  ],
}

/** Tokens by what the vectors call their form, made of a good one. */
const forms: Readonly<Record<string, (jwt: string) => string>> = {
  'form 4 parts': (jwt) => `${jwt}.`,
  'form leading dot': (jwt) => `.${jwt}`,
  'form newline inside': (jwt) => jwt.replace('.', '\n.'),
  'form std base64 + /': () => {
    // A payload whose base64 has both letters, in the wrong alphabet, signed so.
    const payload = Buffer.from(JSON.stringify({ ...baseClaims, x: '>>>???ÿÿÿ' }))
      .toString('base64')
      .replace(/=+$/, '')
    expect(payload).toMatch(/[+/]/)
    const input = `${encode({ alg: 'RS256', kid: 'k1' })}.${payload}`
    return `${input}.${rs256(input, ours).toString('base64url')}`
  },
  'form unused bits set': (jwt) => {
    // 256 bytes end in a character that carries two bits; the next one in the alphabet differs in unused bits only.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return jwt.slice(0, -1) + alphabet[alphabet.indexOf(jwt.at(-1)!) + 1]
  },
  'form 100k dots': () => '.'.repeat(100_000),
  'form 10k dots': () => '.'.repeat(10_000),
  'form 20001 chars': (jwt) => jwt + 'A'.repeat(20_001 - jwt.length),
  'form url-encoded twice': (jwt) => jwt.replaceAll('.', '%2E'),
  'form SAML in WebIdentityToken': () => '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
}

/** Cases with keys of their own. */
function special({ id }: AttackCase): AttackTokens | undefined {
  const ecInput = `${encode({ alg: 'ES256', kid: 'k1' })}.${encode(baseClaims)}`
  if (id === 'sig-der-for-es256') {
    return {
      tokens: [`${ecInput}.${sign('sha256', Buffer.from(ecInput), ourEc.privateKey).toString('base64url')}`],
      keys: [ourEc],
    }
  }
  if (id === 'sig-es256-r=n') {
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
    const s = sign('sha256', Buffer.from(ecInput), { key: ourEc.privateKey, dsaEncoding: 'ieee-p1363' }).subarray(32)
    return { tokens: [`${ecInput}.${Buffer.concat([order, s]).toString('base64url')}`], keys: [ourEc] }
  }
  if (id === 'bleichenbacher-e3') return bleichenbacher()
  if (id === 'kid absent, two usable keys') {
    const input = `${encode({ alg: 'RS256' })}.${encode(baseClaims)}`
    return {
      tokens: [`${input}.${rs256(input, ours).toString('base64url')}`],
      keys: [ours, { ...attackers, keyId: 'k2' }],
    }
  }
  return undefined
}

/** A forgery for e = 3: the cube of the signature begins like a padded digest and ends in rubbish (Bleichenbacher 2006). */
function bleichenbacher() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
  const key: SigningKey = { ...ours, privateKey, publicKey: createPublicKey(privateKey) }
  const input = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(baseClaims)}`
  const digestInfo = `3031300d060960864801650304020105000420${createHash('sha256').update(input).digest('hex')}`
  const wanted = BigInt(`0x0001ffffffffffffffff00${digestInfo}${'00'.repeat(256 - 11 - 51)}`)
  const root = cubeRoot(wanted) + 1n
  expect((root ** 3n).toString(16).padStart(512, '0').startsWith(`0001ffffffffffffffff00${digestInfo}`)).toBe(true)
  const signature = Buffer.from(root.toString(16).padStart(512, '0'), 'hex')
  return { tokens: [`${input}.${signature.toString('base64url')}`], keys: [key] }
}

function cubeRoot(value: bigint): bigint {
  let low = 0n
  let high = 1n << 700n
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** 3n <= value) low = middle
    else high = middle - 1n
  }
  return low
}

/** @throws Error for a case that nobody knows how to make */
export function tokensOf(testCase: AttackCase): AttackTokens {
  const own = special(testCase)
  if (own !== undefined) return own
  const { input, jwt } = signedParts(testCase)
  const form = forms[testCase.id]
  if (form !== undefined) return { tokens: [form(jwt)], keys: [ours] }
  const { sig } = testCase.mutate
  if (sig === undefined || sig === 'valid over the raw bytes') return { tokens: [jwt], keys: [ours] }
  const isOfHeader = testCase.id.startsWith('hdr ')
  const make = signatures[sig]
  if (make === undefined) throw new Error(`no way to make the signature ${sig}`)
  // A header that chooses no key is tried with the issuer's own signature too: it must be refused for itself.
  return { tokens: isOfHeader ? [...make(input, jwt), jwt] : make(input, jwt), keys: [ours] }
}

/** Members that say where a key is: they must not matter, so that a token the issuer did sign stays good. */
const HARMLESS = ['jku', 'x5u', 'x5t', 'cty']
export const isHarmless = ({ mutate }: AttackCase): boolean =>
  Object.keys(mutate.header ?? {}).some((name) => HARMLESS.includes(name))
/** Refused by the trust policy, not by the token: its signature is good. */
export const isForTrust = ({ expect: wanted }: AttackCase): boolean => wanted.startsWith('reject:AccessDenied')
