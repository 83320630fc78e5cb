/**
 * Fields as tag, length and value: one byte, a number, the bytes. Numbers are written in groups of seven bits, lowest first.
 * The form of what is sealed; a reader never meets bytes that our own writer did not make, and is strict all the same.
 */

/** Fields from this tag on may be skipped by a reader that does not know them. */
const FIRST_IGNORABLE_TAG = 0x80
/** Seven groups hold 49 bits: more than any time in milliseconds, and exact in JavaScript's numbers. */
const MOST_GROUPS = 7

export interface TlvWriter {
  bytes(tag: number, value: Uint8Array): void
  text(tag: number, value: string): void
  number(tag: number, value: number): void
  finish(): Buffer
}

/** Grows by doubling; a session of the usual size fits at once. */
const FIRST_ROOM_BYTES = 512

export function tlvWriter(): TlvWriter {
  let room = Buffer.allocUnsafe(FIRST_ROOM_BYTES)
  let end = 0
  const begin = (tag: number, length: number): void => {
    const needed = end + 1 + MOST_GROUPS + length
    if (needed > room.length) room = Buffer.concat([room.subarray(0, end)], Math.max(needed, 2 * room.length))
    room[end] = tag
    end = writeNumber(room, end + 1, length)
  }
  return {
    bytes: (tag, value) => {
      begin(tag, value.length)
      room.set(value, end)
      end += value.length
    },
    text: (tag, value) => {
      begin(tag, Buffer.byteLength(value))
      end += room.write(value, end)
    },
    number: (tag, value) => {
      begin(tag, groupsOf(value))
      end = writeNumber(room, end, value)
    },
    finish: () => room.subarray(0, end),
  }
}

/** Fields by tag. */
export interface TlvFields {
  bytes(tag: number): Buffer | undefined
  text(tag: number): string | undefined
  number(tag: number): number | undefined
}

/** The fields of `source`, or undefined when it is cut off, repeats a tag, or has one that is neither known nor ignorable. */
export function readTlv(source: Buffer, known: ReadonlySet<number>): TlvFields | undefined {
  const places = new Map<number, Place>()
  let at = 0
  while (at < source.length) {
    const tag = source[at] ?? 0
    const length = readNumber(source, at + 1)
    if (length === undefined || length.next + length.value > source.length) return undefined
    if (places.has(tag) || (tag < FIRST_IGNORABLE_TAG && !known.has(tag))) return undefined
    at = length.next + length.value
    places.set(tag, { start: length.next, end: at })
  }
  const read = <T>(tag: number, from: (place: Place) => T): T | undefined => {
    const place = places.get(tag)
    return place === undefined ? undefined : from(place)
  }
  return {
    bytes: (tag) => read(tag, ({ start, end }) => source.subarray(start, end)),
    text: (tag) => read(tag, ({ start, end }) => source.toString('utf8', start, end)),
    number: (tag) =>
      read(tag, ({ start, end }) => {
        const number = readNumber(source, start)
        return number?.next === end ? number.value : undefined
      }),
  }
}

interface Place {
  readonly start: number
  readonly end: number
}

/** Texts one after the other, each with its length. */
export function renderTexts(texts: readonly string[]): Buffer {
  const parts = texts.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8')
    const length = Buffer.alloc(groupsOf(bytes.length))
    writeNumber(length, 0, bytes.length)
    return [length, bytes]
  })
  return Buffer.concat(parts)
}

export function readTexts(source: Buffer): readonly string[] | undefined {
  const texts: string[] = []
  let at = 0
  while (at < source.length) {
    const length = readNumber(source, at)
    if (length === undefined || length.next + length.value > source.length) return undefined
    at = length.next + length.value
    texts.push(source.toString('utf8', length.next, at))
  }
  return texts
}

function groupsOf(value: number): number {
  let groups = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) groups += 1
  return groups
}

/** Writes the groups from `start` on; answers where they end. */
function writeNumber(target: Buffer, start: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || groupsOf(value) > MOST_GROUPS)
    throw new RangeError('a number here is whole, not negative, and of at most 49 bits')
  let at = start
  let rest = value
  // Times in milliseconds do not fit JavaScript's 32-bit operators.
  while (rest >= 0x80) {
    target[at] = (rest % 0x80) + 0x80
    rest = Math.floor(rest / 0x80)
    at += 1
  }
  target[at] = rest
  return at + 1
}

function readNumber(source: Buffer, start: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0
  for (let group = 0; group < MOST_GROUPS; group += 1) {
    const byte = source[start + group]
    if (byte === undefined) return undefined
    value += (byte % 0x80) * 0x80 ** group
    if (byte < 0x80) return { value, next: start + group + 1 }
  }
  return undefined
}
