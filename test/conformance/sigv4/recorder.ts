/** A server that keeps each request as it came over the wire, and answers them all with an empty success. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpHead, splitTarget } from '../../../src/core/index.ts'

export interface Recorded {
  readonly head: HttpHead
  readonly body: Buffer
}

export interface Recorder {
  readonly endpoint: string
  /** The newest request. */
  last(): Recorded
  close(): Promise<void>
}

export async function startRecorder(answer: { readonly type: string; readonly body: string }): Promise<Recorder> {
  const seen: Recorded[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const headers: [string, string][] = []
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
      const head = { method: request.method ?? '', ...splitTarget(request.url ?? ''), headers }
      seen.push({ head, body: Buffer.concat(parts) })
      response.setHeader('content-type', answer.type)
      response.end(request.method === 'HEAD' ? undefined : answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    last: () => {
      const newest = seen.at(-1)
      if (newest === undefined) throw new Error('no request came')
      return newest
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
