import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { WireAnswer } from '../../standards/protocol/index.ts'
import type { Arrival } from './model.ts'

/** Header by which an operator finds the explanation of a refusal. */
export const DENIAL_HEADER = 'x-openirsa-denial'

/**
 * Step 6: the answer goes out, after its record is durable.
 * A stream that fails half-way ends the connection: the caller must not take the part for the whole.
 */
export async function render(arrival: Arrival, response: ServerResponse, answer: WireAnswer): Promise<void> {
  const { body, status } = answer
  if (!arrival.request.complete) readToEnd(arrival.request)
  const headers: string[] = []
  for (const [name, value] of answer.headers) headers.push(name, value)
  if (body instanceof Readable) {
    response.writeHead(status, headers)
    await pipeline(body, response)
    return
  }
  const mayHaveBody = status !== 204 && status !== 304
  const isMeasured = answer.headers.some(([name]) => name.toLowerCase() === 'content-length')
  if (mayHaveBody && !isMeasured) headers.push('Content-Length', String(body.byteLength))
  response.writeHead(status, headers)
  response.end(arrival.head.method === 'HEAD' || !mayHaveBody ? undefined : body)
}

/** Gives back what an answer that nobody will take holds open. */
export function discard({ body }: WireAnswer): void {
  if (body instanceof Readable) body.destroy()
}

/** So much of a body that nobody wanted is read, so that its sender reads the answer before it finds the connection closed. */
const MOST_UNWANTED_BYTES = 8 * 1024 * 1024

function readToEnd(request: IncomingMessage): void {
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_UNWANTED_BYTES) request.destroy()
  })
  // Who stopped reading in the middle may have paused it.
  request.resume()
}
