import type { IncomingMessage } from 'node:http'
import { ApiError } from '../../core/index.ts'

/**
 * The whole body of a request, when it is not longer than `most` bytes.
 * @throws ApiError RequestEntityTooLarge before more than that is kept
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most)
  const pieces: Buffer[] = []
  let length = 0
  // Whoever sent too much still gets an answer: the connection is not to be torn down under it.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    length += (piece as Buffer).length
    if (length > most) throw tooLarge(most)
    pieces.push(piece as Buffer)
  }
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
}

function tooLarge(most: number): ApiError {
  return new ApiError('RequestEntityTooLarge', 413, `The request body is longer than ${most} bytes.`)
}
