import { constants, sign } from 'node:crypto'
import { factsOf } from './algorithms.ts'
import type { SigningKey } from './model.ts'

/** A signed token with exactly these claims, in this order, and the header that kube-apiserver writes: `alg` and `kid`. */
export function mintToken(claims: Readonly<Record<string, unknown>>, key: SigningKey): string {
  const header = encode({ alg: key.algorithm, kid: key.keyId })
  const signingInput = `${header}.${encode(claims)}`
  const facts = factsOf(key.algorithm)
  const input = Buffer.from(signingInput, 'latin1')
  const signature =
    facts.kind === 'rsa'
      ? sign(facts.hash, input, { key: key.privateKey, padding: constants.RSA_PKCS1_PADDING })
      : sign(facts.hash, input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signingInput}.${signature.toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}
