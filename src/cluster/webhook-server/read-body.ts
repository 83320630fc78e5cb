import type { IncomingMessage } from 'node:http'

/** Twice the most that an API server takes (3 MiB), and something for what it puts around. */
export const LARGEST_BODY_BYTES = 8 * 1024 * 1024

/** The whole body; `too-large` beyond the limit, where the rest is not read; undefined when the far end is gone. */
export function readBody(
  request: IncomingMessage,
  take: (body: Buffer | 'too-large' | undefined) => void,
  largest = LARGEST_BODY_BYTES,
): void {
  const chunks: Buffer[] = []
  let size = 0
  let isTold = false
  const tell = (body: Buffer | 'too-large' | undefined): void => {
    if (isTold) return
    isTold = true
    take(body)
  }
  const refuse = (): void => {
    chunks.length = 0
    request.pause()
    tell('too-large')
  }
  if (Number(request.headers['content-length'] ?? 0) > largest) refuse()
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > largest) refuse()
    else chunks.push(chunk)
  })
  request.on('end', () => tell(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
  request.on('error', () => tell(undefined))
  request.on('close', () => tell(undefined))
}
