import type { SigningAlgorithm } from './model.ts'

/** What an algorithm of RFC 7518 §3.1 is made of. */
export type AlgorithmFacts =
  | { readonly kind: 'rsa'; readonly hash: string }
  | {
      readonly kind: 'ec'
      readonly hash: string
      readonly curve: string
      readonly crv: string
      readonly coordinateBytes: number
    }

/** SPEC: RFC 7518 §3.3 and §3.4. There are no rows for symmetric algorithms, `none`, PSS or EdDSA: AWS STS takes none of them. */
export const algorithms = {
  RS256: { kind: 'rsa', hash: 'sha256' },
  RS384: { kind: 'rsa', hash: 'sha384' },
  RS512: { kind: 'rsa', hash: 'sha512' },
  ES256: { kind: 'ec', hash: 'sha256', curve: 'prime256v1', crv: 'P-256', coordinateBytes: 32 },
  ES384: { kind: 'ec', hash: 'sha384', curve: 'secp384r1', crv: 'P-384', coordinateBytes: 48 },
  ES512: { kind: 'ec', hash: 'sha512', curve: 'secp521r1', crv: 'P-521', coordinateBytes: 66 },
} as const satisfies Record<SigningAlgorithm, AlgorithmFacts>

export const RSA_ALGORITHMS: readonly SigningAlgorithm[] = ['RS256', 'RS384', 'RS512']

/** The algorithm of that exact name, or undefined. */
export function parseAlgorithm(name: string): SigningAlgorithm | undefined {
  return Object.hasOwn(algorithms, name) ? (name as SigningAlgorithm) : undefined
}

export function factsOf(algorithm: SigningAlgorithm): AlgorithmFacts {
  return algorithms[algorithm]
}
