import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** What hostile issuers are made of: weak keys, answers that never end. */

export const rsa = (bits: number, more: Record<string, unknown> = {}): JsonWebKey => ({
  ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
  kid: 'bad',
  alg: 'RS256',
  use: 'sig',
  ...more,
})

export const drip = (response: ServerResponse, text: string) => {
  const timer = setInterval(() => response.write(text), 20)
  response.on('close', () => clearInterval(timer))
}

export const thumbprintOf = (pem: string) =>
  createHash('sha1')
    .update(Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64'))
    .digest('hex')

/** A modulus of 2048 bits with the mark of ROCA: a power of 65537 modulo the product of the first primes. */
export function rocaModulus(): string {
  const product = firstPrimes(39).reduce((all, prime) => all * prime, 1n)
  let power = 1n
  for (let at = 0; at < 11; at += 1) power = (power * 65537n) % product
  const base = (1n << 2047n) / product + 1n
  return Buffer.from((base * product + power).toString(16), 'hex').toString('base64url')
}

function firstPrimes(count: number): readonly bigint[] {
  const primes: bigint[] = []
  for (let number = 2n; primes.length < count; number += 1n)
    if (primes.every((prime) => number % prime !== 0n)) primes.push(number)
  return primes
}
