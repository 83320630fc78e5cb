import type { AccountId } from './names.ts'
import type { Randomness } from './randomness.ts'

/** Kinds of AWS ids. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes */
export type UniqueIdPrefix = 'AKIA' | 'ASIA' | 'AIDA' | 'AROA' | 'AGPA' | 'AIPA' | 'ANPA' | 'ANVA'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * A new id in AWS's packing: the first 48 bits after the prefix hold the account (`1<<47 | account<<7`), the rest is random.
 * Access keys have 16 characters after the prefix, everything else 17.
 */
export function mintUniqueId(prefix: UniqueIdPrefix, account: AccountId, randomness: Randomness): string {
  const packed = Buffer.alloc(10)
  Buffer.from(randomness.bytes(5)).copy(packed, 5)
  const low = (packed[5] ?? 0) & 0x7f
  // 48 bits do not fit JavaScript's 32-bit operators.
  packed.writeUIntBE(2 ** 47 + Number(account) * 128 + low, 0, 6)
  packed[6] = randomness.bytes(1)[0] ?? 0
  const text = encodeBase32(packed)
  if (prefix === 'AKIA' || prefix === 'ASIA') return prefix + text
  return prefix + text + ALPHABET[(randomness.bytes(1)[0] ?? 0) % 32]
}

/** The account that an id was made for, or undefined when the id does not carry one (ids from before 2019 do not). */
export function accountOfUniqueId(id: string): AccountId | undefined {
  const text = id.slice(4, 14)
  if (text.length < 10 || [...text].some((letter) => !ALPHABET.includes(letter))) return undefined
  let value = 0
  for (const letter of text) value = value * 32 + ALPHABET.indexOf(letter)
  const first48 = Math.floor(value / 4)
  if (first48 < 2 ** 47) return undefined
  const account = Math.floor((first48 - 2 ** 47) / 128)
  return account > 999_999_999_999 ? undefined : (String(account).padStart(12, '0') as AccountId)
}

/** RFC 4648 §6 without padding, for a whole number of 5-byte groups. */
function encodeBase32(bytes: Buffer): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += 5) {
    let group = bytes.readUIntBE(at, 5)
    let letters = ''
    for (let index = 0; index < 8; index += 1) {
      letters = (ALPHABET[group % 32] ?? '') + letters
      group = Math.floor(group / 32)
    }
    out += letters
  }
  return out
}
