import { OpenirsaError } from './errors.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** Objects come without a prototype: `__proto__` and `constructor` are ordinary keys. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

export interface StrictJsonLimits {
  /** Deepest nesting of arrays and objects that is accepted; default 32, at most 512. */
  readonly maxDepth?: number
  /** `'text'`: a number comes back as the string that was written, so that `5.50` stays `5.50`; default `'number'`. */
  readonly numbers?: 'number' | 'text'
}

/**
 * The text is not JSON by RFC 8259, or has what we refuse on purpose: duplicate keys, lone surrogates, numbers that are
 * not finite, too deep nesting, a BOM. The message never repeats what was read: it may be a token.
 */
export class StrictJsonError extends OpenirsaError {
  readonly code = 'STRICT_JSON'
  /** Offset, in UTF-16 units, at which reading stopped. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/**
 * Reads JSON strictly (RFC 8259; I-JSON RFC 7493 for duplicates, surrogates and numbers).
 * Bytes must be valid UTF-8.
 * @throws StrictJsonError
 */
export function parseStrictJson(source: string | Uint8Array, limits: StrictJsonLimits = {}): JsonValue {
  const text = typeof source === 'string' ? source : decodeUtf8(source)
  const maxDepth = Math.min(limits.maxDepth ?? DEFAULT_MAX_DEPTH, RECURSION_BOUND)
  const reader: Reader = { text, at: 0, depth: 0, maxDepth, keepNumbers: limits.numbers === 'text' }
  skipSpace(reader)
  const value = readValue(reader)
  skipSpace(reader)
  if (reader.at < text.length) throw fault(reader, 'expected the end of the text')
  return value
}

const DEFAULT_MAX_DEPTH = 32
/** The reader recurses once a level; this many levels fit any stack. */
const RECURSION_BOUND = 512

interface Reader {
  readonly text: string
  at: number
  depth: number
  readonly maxDepth: number
  readonly keepNumbers: boolean
}

const QUOTE = 0x22
const MINUS = 0x2d
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

/** What a backslash and this letter stand for (RFC 8259 §7); `u` is read apart. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** `ignoreBOM` keeps a BOM in the text, where the reader refuses it. Nothing is left in it from one text to the next. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    if (cause instanceof TypeError) throw new StrictJsonError('the bytes are not UTF-8', 0)
    throw cause
  }
}

function fault(reader: Reader, expectation: string): StrictJsonError {
  return new StrictJsonError(`${expectation} at offset ${reader.at}`, reader.at)
}

function skipSpace(reader: Reader): void {
  const { text } = reader
  let at = reader.at
  for (;;) {
    const unit = text.charCodeAt(at)
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) break
    at += 1
  }
  reader.at = at
}

function readValue(reader: Reader): JsonValue {
  const unit = reader.text.charCodeAt(reader.at)
  if (unit === QUOTE) return readString(reader)
  if (unit === MINUS || isDigit(unit)) return readNumber(reader)
  switch (unit) {
    case 0x7b:
      return readObject(reader)
    case 0x5b:
      return readArray(reader)
    case 0x74:
      return readWord(reader, 'true', true)
    case 0x66:
      return readWord(reader, 'false', false)
    case 0x6e:
      return readWord(reader, 'null', null)
    default:
      throw fault(reader, 'expected a value')
  }
}

function readWord(reader: Reader, word: string, value: JsonValue): JsonValue {
  if (!reader.text.startsWith(word, reader.at)) throw fault(reader, 'expected a value')
  reader.at += word.length
  return value
}

function enter(reader: Reader): void {
  reader.depth += 1
  if (reader.depth > reader.maxDepth) throw fault(reader, `expected at most ${reader.maxDepth} levels of nesting`)
  reader.at += 1
  skipSpace(reader)
}

function leave(reader: Reader): void {
  reader.depth -= 1
  reader.at += 1
}

function readObject(reader: Reader): JsonObject {
  enter(reader)
  const object = Object.create(null) as Record<string, JsonValue>
  if (reader.text.charCodeAt(reader.at) === 0x7d) {
    leave(reader)
    return object
  }
  for (;;) {
    const keyAt = reader.at
    if (reader.text.charCodeAt(keyAt) !== QUOTE) throw fault(reader, 'expected a key in double quotes')
    const key = readString(reader)
    // No value of JSON is undefined, and the object has no prototype.
    if (object[key] !== undefined) throw new StrictJsonError(`a key occurs twice at offset ${keyAt}`, keyAt)
    skipSpace(reader)
    if (reader.text.charCodeAt(reader.at) !== COLON) throw fault(reader, 'expected a colon')
    reader.at += 1
    skipSpace(reader)
    object[key] = readValue(reader)
    if (!readSeparator(reader, 0x7d)) return object
  }
}

function readArray(reader: Reader): readonly JsonValue[] {
  enter(reader)
  const array: JsonValue[] = []
  if (reader.text.charCodeAt(reader.at) === 0x5d) {
    leave(reader)
    return array
  }
  for (;;) {
    array.push(readValue(reader))
    if (!readSeparator(reader, 0x5d)) return array
  }
}

/** True after a comma, false after the closing bracket. */
function readSeparator(reader: Reader, closing: number): boolean {
  skipSpace(reader)
  const unit = reader.text.charCodeAt(reader.at)
  if (unit === closing) {
    leave(reader)
    return false
  }
  if (unit !== COMMA) throw fault(reader, 'expected a comma or the closing bracket')
  reader.at += 1
  skipSpace(reader)
  return true
}

function readString(reader: Reader): string {
  const { text } = reader
  const start = reader.at + 1
  let piece = start
  let at = start
  let value = ''
  let hasSurrogates = false
  for (;;) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) break
    if (unit === BACKSLASH) {
      value += text.slice(piece, at)
      reader.at = at
      const escaped = readEscape(reader)
      value += escaped
      hasSurrogates ||= isSurrogate(escaped.charCodeAt(0))
      at = reader.at
      piece = at
    } else if (unit >= 0x20) {
      hasSurrogates ||= isSurrogate(unit)
      at += 1
    } else {
      // Also here: NaN, the end of the text.
      reader.at = at
      throw fault(reader, at >= text.length ? 'expected a closing quote' : 'expected no bare control character')
    }
  }
  value = piece === start ? text.slice(start, at) : value + text.slice(piece, at)
  reader.at = at + 1
  if (hasSurrogates && LONE_SURROGATE.test(value)) {
    throw new StrictJsonError(`a lone surrogate stands in the string at offset ${start - 1}`, start - 1)
  }
  return value
}

/** With `u` the pairs are whole code points, so that only a lone half is of category Cs. */
const LONE_SURROGATE = /\p{Cs}/u
const FOUR_HEX = /^[0-9A-Fa-f]{4}$/

function readEscape(reader: Reader): string {
  const letter = reader.text[reader.at + 1] ?? ''
  if (letter === 'u') {
    const hex = reader.text.slice(reader.at + 2, reader.at + 6)
    if (!FOUR_HEX.test(hex)) throw fault(reader, 'expected four hex digits after \\u')
    reader.at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }
  const value = ESCAPES.get(letter)
  if (value === undefined) throw fault(reader, 'expected an escape of JSON')
  reader.at += 2
  return value
}

function readNumber(reader: Reader): number | string {
  const { text } = reader
  const start = reader.at
  if (text.charCodeAt(reader.at) === MINUS) reader.at += 1
  if (text[reader.at] === '0') reader.at += 1
  else skipDigits(reader)
  if (text[reader.at] === '.') {
    reader.at += 1
    skipDigits(reader)
  }
  if (text[reader.at] === 'e' || text[reader.at] === 'E') {
    reader.at += 1
    if (text[reader.at] === '+' || text[reader.at] === '-') reader.at += 1
    skipDigits(reader)
  }
  const written = text.slice(start, reader.at)
  const value = Number(written)
  if (!Number.isFinite(value)) throw new StrictJsonError(`a number is too large at offset ${start}`, start)
  return reader.keepNumbers ? written : value
}

/** One digit at least. */
function skipDigits(reader: Reader): void {
  if (!isDigit(reader.text.charCodeAt(reader.at))) throw fault(reader, 'expected a digit')
  while (isDigit(reader.text.charCodeAt(reader.at))) reader.at += 1
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
