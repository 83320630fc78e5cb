import type { Duplex } from 'node:stream'

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [408, 'Request Timeout'],
  [413, 'Content Too Large'],
  [431, 'Request Header Fields Too Large'],
])

/** An answer as text, for a connection that has no response object; it ends the connection. */
export function renderRawAnswer(status: number, sentence: string): string {
  const body = `${sentence}\n`
  return [
    `HTTP/1.1 ${status} ${REASONS.get(status) ?? 'Bad Request'}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

const ANSWERS: ReadonlyMap<string, readonly [status: number, sentence: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'the head of the request is too large']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'the chunk extensions are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request took too long']],
])

/** Tells the far end that what it sent is not HTTP, where that can still be told, and ends the connection. */
export function replyToMalformed(failure: Error, socket: Duplex): void {
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : ''
  // Only a parser's verdict is answered: other failures mean that the connection, or its TLS, is gone.
  const isVerdict = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT'
  if (!isVerdict || !socket.writable || hasAnswerUnderWay(socket)) {
    socket.destroy()
    return
  }
  const [status, sentence] = ANSWERS.get(code) ?? [400, 'this is not a request of HTTP/1.1']
  socket.end(renderRawAnswer(status, sentence))
}

/** An answer half written cannot be followed by another one. Node keeps the response at hand under this name. */
function hasAnswerUnderWay(socket: Duplex): boolean {
  const response = (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage
  return response?.headersSent === true
}
