import type { KeyRange, ListedObject } from './repository.ts'

/** Where a page ended: after a key, or past everything that begins with a common prefix. */
export type Mark = { readonly after: Buffer } | { readonly past: Buffer }

export interface ListingQuestion {
  readonly prefix: Buffer
  /** Empty: no common prefixes. */
  readonly delimiter: Buffer
  readonly mark?: Mark
  readonly limit: number
}

export interface ListingPage {
  readonly objects: readonly ListedObject[]
  readonly prefixes: readonly Buffer[]
  /** Set when there is more. */
  readonly next?: Mark
}

type Scan = (range: KeyRange) => Promise<readonly ListedObject[]>

const LARGEST_SCAN = 1000

/**
 * One page of a listing in the order of bytes. Keys that share what stands between prefix and delimiter count as one entry.
 * A common prefix is listed only when it sorts after the mark. It takes a scan for each common prefix, never one for each key under it.
 */
export async function listPage(scan: Scan, question: ListingQuestion): Promise<ListingPage> {
  const { prefix, limit } = question
  const page = new PageBuilder(question)
  const end = successor(prefix)
  let from = startOf(question)
  while (limit > 0 && from !== undefined) {
    const wanted = Math.min(limit + 1, LARGEST_SCAN)
    const rows = await scan({ from, ...(end === undefined ? {} : { to: end }), limit: wanted })
    const state = page.take(rows)
    if (state === 'full') return page.finish(true)
    // Past what was read, or past a common prefix.
    const last = rows.at(-1)
    if (state === undefined && (last === undefined || rows.length < wanted)) break
    from = state ?? (last === undefined ? undefined : after(last.key))
  }
  return page.finish(false)
}

class PageBuilder {
  readonly #question: ListingQuestion
  readonly #objects: ListedObject[] = []
  readonly #prefixes: Buffer[] = []
  #last: Mark | undefined

  constructor(question: ListingQuestion) {
    this.#question = question
  }

  /** `full` when there is an entry more than fits; where to read on when the rest of the rows is under a common prefix. */
  take(rows: readonly ListedObject[]): 'full' | Buffer | undefined {
    let skipTo: Buffer | undefined
    for (const row of rows) {
      if (skipTo !== undefined && row.key.compare(skipTo) < 0) continue
      skipTo = undefined
      const common = this.#commonPrefix(row.key)
      if (common !== undefined && this.#isBeforeMark(common)) {
        skipTo = successor(common)
        continue
      }
      if (this.#objects.length + this.#prefixes.length >= this.#question.limit) return 'full'
      if (common === undefined) {
        this.#objects.push(row)
        this.#last = { after: row.key }
      } else {
        this.#prefixes.push(common)
        this.#last = { past: common }
        skipTo = successor(common)
      }
    }
    return skipTo
  }

  finish(hasMore: boolean): ListingPage {
    const next = hasMore ? this.#last : undefined
    return { objects: this.#objects, prefixes: this.#prefixes, ...(next === undefined ? {} : { next }) }
  }

  #commonPrefix(key: Buffer): Buffer | undefined {
    const { delimiter, prefix } = this.#question
    if (delimiter.length === 0) return undefined
    const found = key.indexOf(delimiter, prefix.length)
    return found < 0 ? undefined : key.subarray(0, found + delimiter.length)
  }

  // UNVERIFIED: S3's answer for a start-after inside a common prefix; its own markers of a page are such prefixes themselves.
  #isBeforeMark(common: Buffer): boolean {
    const { mark } = this.#question
    return mark !== undefined && 'after' in mark && common.compare(mark.after) <= 0
  }
}

function startOf({ prefix, mark }: ListingQuestion): Buffer | undefined {
  if (mark === undefined) return prefix
  const start = 'after' in mark ? after(mark.after) : successor(mark.past)
  return start === undefined || start.compare(prefix) >= 0 ? start : prefix
}

/** The first key after this one. */
const after = (key: Buffer): Buffer => Buffer.concat([key, Buffer.of(0)])

/** The first key that does not begin with these bytes and sorts after all that do; undefined when there is none. */
export function successor(bytes: Buffer): Buffer | undefined {
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    const byte = bytes[at] ?? 0xff
    if (byte < 0xff) return Buffer.concat([bytes.subarray(0, at), Buffer.of(byte + 1)])
  }
  return undefined
}

/** A mark as the opaque token of ListObjectsV2. */
export function renderToken(mark: Mark): string {
  const [kind, bytes] = 'after' in mark ? [0, mark.after] : [1, mark.past]
  return Buffer.concat([Buffer.of(kind), bytes]).toString('base64')
}

/** Undefined when it is no token of ours. */
export function parseToken(token: string): Mark | undefined {
  const bytes = Buffer.from(token, 'base64')
  if (bytes.length < 2 || bytes.toString('base64') !== token) return undefined
  const rest = bytes.subarray(1)
  if (bytes[0] === 0) return { after: rest }
  return bytes[0] === 1 ? { past: rest } : undefined
}

const UNRESERVED = /[A-Za-z0-9\-_.*/]/

/** As S3 writes keys when `encoding-type=url` is asked for: a blank is `+`, a slash stays. */
export function encodeKey(key: string): string {
  let out = ''
  for (const byte of Buffer.from(key, 'utf8')) {
    const letter = String.fromCharCode(byte)
    if (byte < 0x80 && UNRESERVED.test(letter)) out += letter
    else out += letter === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}
