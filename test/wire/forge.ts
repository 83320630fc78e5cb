/** Tokens that no issuer would make: any header, any claims, any key. */
import { sign } from 'node:crypto'
import { epochSeconds } from '../../src/core/index.ts'
import type { SigningKey } from '../../src/standards/oidc/index.ts'
import { AUDIENCE } from './circle.ts'
import type { InstallationUnderTest } from './installation.ts'

export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly key: SigningKey
}

/** Signed with RS256 over exactly this header and these claims. */
export function forge({ header = {}, claims, key }: Forgery): string {
  const input = `${encode({ alg: 'RS256', kid: key.keyId, ...header })}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Claims as kube-apiserver writes them, for an hour from now. */
export function usualClaims(at: InstallationUnderTest, issuer: string, subject: string): Record<string, unknown> {
  const now = epochSeconds(at.clock.now())
  return { iss: issuer, sub: subject, aud: [AUDIENCE], iat: now, nbf: now, exp: now + 3600 }
}

/** What a secret token held before Kubernetes 1.24: no audience, no expiry, an issuer that is no URL. */
export const legacyClaims = (namespace: string, name: string): Record<string, unknown> => ({
  iss: 'kubernetes/serviceaccount',
  'kubernetes.io/serviceaccount/namespace': namespace,
  'kubernetes.io/serviceaccount/secret.name': `${name}-token-x7k2p`,
  'kubernetes.io/serviceaccount/service-account.name': name,
  sub: `system:serviceaccount:${namespace}:${name}`,
})

/** Header and claims of a token; nothing is verified. */
export function decode(token: string): readonly [header: Record<string, unknown>, claims: Record<string, unknown>] {
  const [header = '', claims = ''] = token.split('.')
  return [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))) as never
}

/** The token with other claims under its old signature. */
export function withClaims(token: string, changes: Readonly<Record<string, unknown>>): string {
  const [header, , signature] = token.split('.')
  return [header, encode({ ...decode(token)[1], ...changes }), signature].join('.')
}

/** The same text with one character changed into another that base64 knows. */
export const flip = (text: string, index: number): string =>
  `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`
