/**
 * Whether an RSA modulus has the mark of CVE-2017-15361 ("The Return of Coppersmith's Attack", CCS 2017, §2.3):
 * for each small prime, it is a power of 65537.
 */
export function hasRocaMark(modulus: Uint8Array): boolean {
  return PRIMES.every((prime) => isPowerOfF4(remainder(modulus, prime), prime))
}

/** The odd primes of the primorial that the faulty library used for its shortest keys. */
const PRIMES: readonly number[] = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
]

function remainder(bytes: Uint8Array, divisor: number): number {
  let rest = 0
  for (const byte of bytes) rest = (rest * 256 + byte) % divisor
  return rest
}

function isPowerOfF4(value: number, prime: number): boolean {
  let power = 1
  for (let exponent = 0; exponent < prime; exponent += 1) {
    if (power === value) return true
    power = (power * (65537 % prime)) % prime
  }
  return false
}
