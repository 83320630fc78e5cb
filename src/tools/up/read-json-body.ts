import type { IncomingMessage } from 'node:http'

const MOST_BYTES = 4 * 1024 * 1024

/** The body as JSON, `{}` when there is none; undefined when it is not JSON or too long. */
export async function readJsonBody(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request) {
    length += (piece as Buffer).length
    if (length > MOST_BYTES) return undefined
    pieces.push(piece as Buffer)
  }
  if (length === 0) return { value: {} }
  try {
    return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
  } catch {
    // Told to the caller, who is at fault; there is nothing to keep.
    return undefined
  }
}
