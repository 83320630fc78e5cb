/** A server that does nothing but decode and encode: what the AWS SDK sends is kept, what a test wants is answered. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { ApiError, type HttpHead, splitTarget } from '../../../src/core/index.ts'
import {
  parseQueryForm,
  type QueryForm,
  type RecognisedOperation,
  type ServiceModel,
  type ServiceName,
  serviceModel,
} from '../../../src/standards/protocol/index.ts'

export interface Seen {
  readonly operation: string
  readonly input: Record<string, unknown>
  readonly body: Buffer
  readonly head: HttpHead
}

export interface Loopback {
  readonly endpoint: string
  /** What the newest request meant. */
  readonly seen: Seen[]
  /** What the next requests are answered with. */
  answer(output: Record<string, unknown> | ApiError): void
  close(): Promise<void>
}

export const REQUEST_ID = '7a62c49f-347e-4fc4-9331-6e8e4bfa0001'

export async function startLoopback(service: ServiceName): Promise<Loopback> {
  const model = serviceModel(service)
  const seen: Seen[] = []
  let next: Record<string, unknown> | ApiError = {}
  const server = createServer((request, response) => {
    serve(model, { request, response, next: () => next, seen }).catch((error: unknown) =>
      response.destroy(error as Error),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    answer: (output) => {
      next = output
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly next: () => Record<string, unknown> | ApiError
  readonly seen: Seen[]
}

async function serve(model: ServiceModel, { request, response, next, seen }: Exchange): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const raw = request.rawHeaders
  const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []))
  const head: HttpHead = { method: request.method ?? '', ...splitTarget(request.url ?? ''), headers }
  const form = model.protocol === 'awsQuery' ? parseQueryForm(body) : undefined
  const operation = model.recognise(head, form)
  if (operation === undefined) throw new Error(`not recognised: ${head.method} ${head.path}?${head.query}`)
  const output = await read(model, { operation, head, body, form, seen }).then(next, apiErrorOf)
  const answer =
    output instanceof ApiError
      ? model.encodeError(operation, head, output, REQUEST_ID)
      : await model.encodeOutput(operation, head, output, REQUEST_ID)
  response.writeHead(answer.status, answer.headers.flat() as string[])
  if (answer.body instanceof Readable) answer.body.pipe(response)
  else response.end(answer.body)
}

interface Arrived {
  readonly operation: RecognisedOperation
  readonly head: HttpHead
  readonly body: Buffer
  readonly form: QueryForm | undefined
  readonly seen: Seen[]
}

async function read(model: ServiceModel, { operation, head, body, form, seen }: Arrived): Promise<void> {
  const input = await model.decodeInput(operation, head, body, form)
  model.checkInput(operation.name, input)
  seen.push({ operation: operation.name, input, body, head })
}

/** What the room refuses is answered like any other error. */
function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  throw error
}
