import { constants, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { factsOf } from './algorithms.ts'
import type { SigningAlgorithm, VerificationKey } from './model.ts'

/** What a signature is checked against. */
export interface SignedText {
  /** What the header claims; it must be one of the key's own, and chooses nothing else. */
  readonly algorithm: SigningAlgorithm
  readonly signingInput: string | Uint8Array
  readonly signature: Uint8Array
}

/** In a thread of Node's pool: a curve of 384 bits takes half a millisecond, for which nobody else shall wait. */
const verifyAside = promisify(verify)

/**
 * Whether the key signed the text.
 * INVARIANT: the key decides which algorithms there are; there is no symmetric path, and every other case answers false.
 */
export async function verifySignature(signed: SignedText, { algorithms, key }: VerificationKey): Promise<boolean> {
  if (key.type !== 'public' || !algorithms.includes(signed.algorithm)) return false
  const facts = factsOf(signed.algorithm)
  const input =
    typeof signed.signingInput === 'string' ? Buffer.from(signed.signingInput, 'latin1') : signed.signingInput
  const details = key.asymmetricKeyDetails ?? {}
  if (facts.kind === 'rsa') {
    if (key.asymmetricKeyType !== 'rsa' || signed.signature.length !== Math.ceil((details.modulusLength ?? 0) / 8))
      return false
    return await verifyAside(facts.hash, input, { key, padding: constants.RSA_PKCS1_PADDING }, signed.signature)
  }
  // SPEC: RFC 7518 §3.4: R and S side by side, each as long as the curve's order; never DER.
  if (key.asymmetricKeyType !== 'ec' || details.namedCurve !== facts.curve) return false
  if (signed.signature.length !== 2 * facts.coordinateBytes) return false
  return await verifyAside(facts.hash, input, { key, dsaEncoding: 'ieee-p1363' }, signed.signature)
}
