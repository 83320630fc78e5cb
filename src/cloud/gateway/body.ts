import type { IncomingMessage } from 'node:http'
import { ApiError } from '../../core/index.ts'

/**
 * The whole body of a request, when it is not longer than `most` bytes.
 * @throws ApiError RequestEntityTooLarge before more than that is kept
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge(most)
  const pieces = await readPieces(request, most)
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
}

/** By events: an asynchronous iterator costs some 15 µs more a request. */
function readPieces(request: IncomingMessage, most: number): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = []
  let length = 0
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      request.off('data', take).off('end', finish).off('error', fail).off('close', leave)
    }
    const take = (piece: Buffer): void => {
      length += piece.length
      pieces.push(piece)
      if (length > most) fail(tooLarge(most))
    }
    const finish = (): void => {
      stop()
      resolve(pieces)
    }
    // Whoever sent too much still gets an answer: the connection is not to be torn down under it.
    const fail = (failure: Error): void => {
      stop()
      request.pause()
      reject(failure)
    }
    const leave = (): void => fail(new Error('the caller went away'))
    request.on('data', take).on('end', finish).on('error', fail).on('close', leave)
  })
}

function tooLarge(most: number): ApiError {
  return new ApiError('RequestEntityTooLarge', 413, `The request body is longer than ${most} bytes.`)
}
