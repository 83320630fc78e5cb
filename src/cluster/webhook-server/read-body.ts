import type { IncomingMessage } from 'node:http'

/** Twice the most that an API server takes (3 MiB), and something for what it puts around. */
export const LARGEST_BODY_BYTES = 8 * 1024 * 1024

/**
 * The whole body, or `too-large` beyond the limit, where the rest is not read. Nothing is told when the far end is gone before its end:
 * there is nobody to answer.
 */
export function readBody(
  request: IncomingMessage,
  take: (body: Buffer | 'too-large') => void,
  largest = LARGEST_BODY_BYTES,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let isRefused = false
  const refuse = (): void => {
    isRefused = true
    chunks.length = 0
    request.pause()
    take('too-large')
  }
  if (Number(request.headers['content-length'] ?? 0) > largest) refuse()
  request.on('data', (chunk: Buffer) => {
    if (isRefused) return
    size += chunk.length
    if (size > largest) refuse()
    else chunks.push(chunk)
  })
  request.on('end', () => {
    const [only] = chunks
    if (!isRefused) take(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks))
  })
}
