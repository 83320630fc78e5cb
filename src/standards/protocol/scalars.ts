import { renderIsoSeconds } from '../../core/index.ts'
import type { SimpleType } from './shapes.ts'

/** How a timestamp without a form of its own is written: query and XML bodies, headers, JSON. */
export type TimestampForm = 'datetime' | 'httpdate' | 'epoch'

/** Text that is not of the type that the model wants. The decoders turn it into the protocol's own error. */
export class UnreadableText extends Error {
  readonly wanted: string

  constructor(wanted: string) {
    super(`not a ${wanted}`)
    this.wanted = wanted
  }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
const EPOCH = /^-?\d{1,12}(\.\d{1,9})?$/
const INTEGER = /^-?\d{1,16}$/
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Text of a query parameter, header, label or XML element to a value. @throws UnreadableText */
export function readText(text: string, type: SimpleType): unknown {
  return READERS[type](text)
}

const READERS = {
  string: (text: string) => text,
  document: (text: string) => text,
  stream: (text: string) => text,
  number: readInteger,
  boolean: readBoolean,
  timestamp: readTimestamp,
  datetime: readTimestamp,
  httpdate: readTimestamp,
  epoch: readTimestamp,
  blob: readBase64,
} as const satisfies Record<SimpleType, (text: string) => unknown>

// Decimal digits only: `3600.5`, `0x384`, `1e3` and ` 900` are no integers to AWS.
function readInteger(text: string): number {
  const value = Number(text)
  if (!INTEGER.test(text) || !Number.isSafeInteger(value)) throw new UnreadableText('integer')
  return value
}

function readBoolean(text: string): boolean {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') throw new UnreadableText('boolean')
  return lower === 'true'
}

/** All three forms are read wherever a timestamp stands: clients differ, and the forms cannot be mistaken for one another. */
export function readTimestamp(text: string): Date {
  const date = EPOCH.test(text)
    ? new Date(Number(text) * 1000)
    : ISO.test(text) || HTTP_DATE.test(text)
      ? new Date(text)
      : undefined
  if (date === undefined || Number.isNaN(date.getTime())) throw new UnreadableText('timestamp')
  return date
}

/** Standard base64 with or without padding (RFC 4648 §4). @throws UnreadableText */
export function readBase64(text: string): Uint8Array {
  const compact = text.replace(/[\r\n\t ]/g, '')
  if (!BASE64.test(compact) || compact.replace(/=+$/, '').length % 4 === 1) throw new UnreadableText('base64 blob')
  return new Uint8Array(Buffer.from(compact, 'base64'))
}

/** A value to text. @param form how a timestamp without a form of its own is written here */
export function writeText(value: unknown, type: SimpleType, form: TimestampForm): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (type === 'timestamp') return writeTimestamp(value, form)
  if (type === 'datetime' || type === 'httpdate' || type === 'epoch') return writeTimestamp(value, type)
  return String(value)
}

/** `value` is a Date or milliseconds since the epoch (an `Instant`). */
function writeTimestamp(value: unknown, form: TimestampForm): string {
  const date = dateOf(value)
  if (form === 'epoch') return String(date.getTime() / 1000)
  return form === 'httpdate' ? date.toUTCString() : renderIsoSeconds(date.getTime())
}

/** A Date, milliseconds since the epoch, or text in one of the three forms. */
export function dateOf(value: unknown): Date {
  if (value instanceof Date) return value
  return typeof value === 'number' ? new Date(value) : readTimestamp(String(value))
}
