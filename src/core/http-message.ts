/**
 * A request as it came over the wire. Nothing is decoded, joined or normalised: the signature is over exactly this.
 * `rawHeaders` keep order, case and duplicates, which `http.IncomingMessage.headers` loses.
 */
export interface HttpHead {
  readonly method: string
  /** Raw request target up to the first `?`, as sent: never passed through `URL`, which corrupts S3 keys. */
  readonly path: string
  /** Raw text after the first `?`, without it; the empty string when there is none. */
  readonly query: string
  readonly headers: RawHeaders
}

/** Name and value of each header line, in order, as sent (latin1). */
export type RawHeaders = readonly (readonly [name: string, value: string])[]

/** The value of the one header of that name (lower case); undefined when absent. The front refuses duplicates of single-valued headers. */
export function headerValue(headers: RawHeaders, lowerCaseName: string): string | undefined {
  for (const [name, value] of headers) if (name.toLowerCase() === lowerCaseName) return value
  return undefined
}

/** Splits a raw request target at its first `?`. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
