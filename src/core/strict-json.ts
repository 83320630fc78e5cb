import { OpenirsaError } from './errors.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** Objects come without a prototype: `__proto__` and `constructor` are ordinary keys. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

export interface StrictJsonLimits {
  /** Deepest nesting of arrays and objects that is accepted; default 32. */
  readonly maxDepth?: number
  /** `'text'`: a number comes back as the string that was written, so that `5.50` stays `5.50`; default `'number'`. */
  readonly numbers?: 'number' | 'text'
}

/** The text is not JSON by RFC 8259, or has what we refuse on purpose: duplicate keys, lone surrogates, numbers that are not finite, too deep nesting, a BOM. */
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
export declare function parseStrictJson(source: string | Uint8Array, limits?: StrictJsonLimits): JsonValue
