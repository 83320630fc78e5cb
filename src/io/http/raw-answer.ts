/** Answers as text, for a connection that has no response object. */

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [408, 'Request Timeout'],
  [413, 'Content Too Large'],
  [431, 'Request Header Fields Too Large'],
])

/** It says that it ends the connection; ending it is for the caller. */
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

/** The answer to what is not HTTP, or undefined where the connection, or its TLS, is gone and nobody would hear it. */
export function answerToFault(failure: Error): string | undefined {
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : ''
  if (!code.startsWith('HPE_') && code !== 'ERR_HTTP_REQUEST_TIMEOUT') return undefined
  // The far end closed in the middle of a request.
  if (code === 'HPE_INVALID_EOF_STATE') return undefined
  const [status, sentence] = ANSWERS.get(code) ?? [400, 'this is not a request of HTTP/1.1']
  return renderRawAnswer(status, sentence)
}
