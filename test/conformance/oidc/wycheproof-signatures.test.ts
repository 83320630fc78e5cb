import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SigningAlgorithm, VerificationKey } from '../../../src/standards/oidc/index.ts'
import { verifySignature } from '../../../src/standards/oidc/verify-signature.ts'
import { readVectors } from './vectors.ts'

interface File {
  readonly testGroups: readonly {
    readonly publicKeyPem: string
    readonly tests: readonly {
      readonly tcId: number
      readonly msg: string
      readonly sig: string
      readonly result: 'valid' | 'invalid' | 'acceptable'
    }[]
  }[]
}

/** File → algorithm, and the cases that must be accepted. `acceptable` ones may go either way. */
const files: readonly (readonly [string, SigningAlgorithm])[] = [
  ['rsa_signature_2048_sha256', 'RS256'],
  ['rsa_signature_2048_sha384', 'RS384'],
  ['rsa_signature_2048_sha512', 'RS512'],
  ['rsa_signature_3072_sha256', 'RS256'],
  ['rsa_signature_4096_sha256', 'RS256'],
  ['ecdsa_secp256r1_sha256_p1363', 'ES256'],
  ['ecdsa_secp384r1_sha384_p1363', 'ES384'],
  ['ecdsa_secp521r1_sha512_p1363', 'ES512'],
]

function judge(name: string, algorithm: SigningAlgorithm) {
  const judged = readVectors<File>(`wycheproof/${name}_test.json`).testGroups.flatMap(({ publicKeyPem, tests }) => {
    const key: VerificationKey = { keyId: 'k', algorithms: [algorithm], key: createPublicKey(publicKeyPem) }
    return tests.map(async ({ msg, sig, result, tcId }) => {
      const signed = { algorithm, signingInput: Buffer.from(msg, 'hex'), signature: Buffer.from(sig, 'hex') }
      return { tcId, result, accepted: await verifySignature(signed, key) }
    })
  })
  return Promise.all(judged)
}

describe('Wycheproof, signatures', () => {
  it.each(files)('%s: nothing forged is accepted, nothing valid refused', async (name, algorithm) => {
    const cases = await judge(name, algorithm)
    expect(cases.length).toBeGreaterThan(250)
    expect(cases.filter(({ accepted, result }) => accepted && result === 'invalid')).toEqual([])
    expect(cases.filter(({ accepted, result }) => !accepted && result === 'valid')).toEqual([])
  })

  it('a signature in DER is never accepted', async () => {
    const cases = await judge('ecdsa_secp256r1_sha256', 'ES256')
    expect(cases.filter(({ result }) => result === 'valid').length).toBeGreaterThan(100)
    expect(cases.filter(({ accepted }) => accepted)).toEqual([])
  })
})
