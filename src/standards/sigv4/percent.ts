/** Percent-encoding as SigV4 wants it: every byte but the unreserved ones of RFC 3986 §2.3, in upper-case hex. Texts are latin1: a character is a byte. */

const UNRESERVED_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
const PERCENT = 0x25

/** Says of each byte whether it stands for itself. */
export type Literals = Uint8Array

export const UNRESERVED: Literals = literalsOf(UNRESERVED_CHARACTERS)
export const UNRESERVED_AND_SLASH: Literals = literalsOf(`${UNRESERVED_CHARACTERS}/`)

/** What each byte is written as. */
const WRITTEN: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  UNRESERVED[byte] === 1 ? String.fromCharCode(byte) : escaped(byte),
)

/** Encodes every byte, percent signs too. Undefined when a character is no byte. */
export function encode(text: string, literals: Literals): string | undefined {
  let at = firstToWrite(text, literals)
  if (at === text.length) return text
  let out = text.slice(0, at)
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 0xff) return undefined
    out += literals[code] === 1 ? text.charAt(at) : escaped(code)
  }
  return out
}

/**
 * One spelling for all ways to percent-encode a text: what is encoded is decoded and encoded again.
 * A slash that came encoded stays so: it separates nothing. Undefined when the encoding is broken or a character is no byte.
 */
export function recode(text: string, literals: Literals): string | undefined {
  let at = firstToWrite(text, literals)
  if (at === text.length) return text
  let out = text.slice(0, at)
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === PERCENT) {
      const byte = hexByte(text, at + 1)
      if (byte < 0) return undefined
      out += WRITTEN[byte]
      at += 2
    } else if (literals[code] === 1) out += text.charAt(at)
    else if (code > 0xff) return undefined
    else out += escaped(code)
  }
  return out
}

/** The bytes of a text that `recode` has written. */
export function decode(recoded: string): string {
  if (!recoded.includes('%')) return recoded
  let out = ''
  for (let at = 0; at < recoded.length; at += 1) {
    const byte = recoded.charCodeAt(at) === PERCENT ? hexByte(recoded, at + 1) : -1
    out += byte < 0 ? recoded.charAt(at) : String.fromCharCode(byte)
    if (byte >= 0) at += 2
  }
  return out
}

function literalsOf(characters: string): Literals {
  const table = new Uint8Array(256)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}

function escaped(byte: number): string {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
}

function firstToWrite(text: string, literals: Literals): number {
  let at = 0
  while (at < text.length && literals[text.charCodeAt(at)] === 1) at += 1
  return at
}

function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at))
  const low = hexDigit(text.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/** -1 for anything else, also past the end. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
