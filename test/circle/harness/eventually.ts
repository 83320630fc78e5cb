export interface Patience {
  readonly limitMs?: number
  readonly everyMs?: number
}

/**
 * Asks until the answer is neither undefined nor false, and hands it on.
 * @throws when it takes too long, with what went wrong the last time
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { limitMs = 30_000, everyMs = 100 }: Patience = {},
): Promise<T> {
  const end = Date.now() + limitMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const found = await probe()
      if (found !== undefined && found !== false) return found
      last = undefined
    } catch (error) {
      if (error instanceof Hopeless) throw error
      last = error
    }
    await new Promise((passed) => setTimeout(passed, everyMs))
  }
  throw new Error(`${what} did not come within ${limitMs} ms`, { cause: last })
}

/** Waiting longer is of no use. */
export class Hopeless extends Error {}
