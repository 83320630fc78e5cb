import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type HttpHead, splitTarget } from '../../core/index.ts'
import type { Connections } from './connections.ts'
import { findHeadFault, HEAD_FAULTS, type HeadFault } from './head-rules.ts'
import type { ConnectionFacts, ListenOptions, RefusalAnswer } from './model.ts'
import { answerToFault, renderRawAnswer } from './raw-answer.ts'

type FrontOptions = Pick<ListenOptions, 'log' | 'onRefused' | 'onRequest'>

/** Takes every request of a server: refuses bad heads, hands over the others, and answers for what cannot be handed over. */
export function attachFront(server: Server, options: FrontOptions, connections: Connections): void {
  const { log } = options
  // What follows a refused head on its connection cannot be trusted to be a request, and may have been read already.
  const refused = new WeakSet<Socket>()
  const turnAway = (request: IncomingMessage, response: ServerResponse, given: RefusalAnswer): void => {
    refused.add(request.socket)
    refuse(request, response, given)
  }
  const take =
    (expectsContinue: boolean) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      connections.begin(request, response)
      // The promise begins before anything can throw, so that nothing thrown ever ends the process.
      void Promise.resolve()
        .then(() => {
          if (refused.has(request.socket)) return undefined
          const head = headOf(request)
          const fault = findHeadFault(head, request.httpVersion)
          if (fault !== undefined) return turnAway(request, response, answerOf(options, head, fault))
          return options.onRequest(request, response, factsOf(request, response, { head, expectsContinue }))
        })
        .catch((failure: unknown) => {
          log.error({ failure, method: request.method }, 'a request could not be answered')
          if (response.headersSent) request.socket.destroy()
          else turnAway(request, response, INTERNAL_FAILURE)
        })
    }
  server.on('request', take(false))
  server.on('checkContinue', take(true))
  server.on('checkExpectation', take(false))
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', (failure) => log.debug({ reason: failure.message }, 'a connection broke'))
    socket.end(renderRawAnswer(400, HEAD_FAULTS.connect))
  })
  server.on('clientError', (failure: Error, socket: Duplex) => {
    log.debug({ reason: failure.message }, 'a request was not HTTP')
    endFaulty(failure, socket as Socket, connections)
  })
  server.on('timeout', (socket: Socket) => {
    // A client that waits for us is not idle.
    if (!isOurTurn(socket, connections)) socket.destroy()
  })
}

const INTERNAL_FAILURE: RefusalAnswer = { status: 500, headers: {}, body: 'internal failure\n' }

function headOf(request: IncomingMessage): HttpHead {
  const { rawHeaders } = request
  const headers: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  const { path, query } = splitTarget(request.url ?? '')
  return { method: request.method ?? '', path, query, headers }
}

function answerOf({ onRefused, log }: FrontOptions, head: HttpHead, fault: HeadFault): RefusalAnswer {
  log.debug({ fault }, 'a request was refused by its head')
  return onRefused?.(head, fault) ?? { status: 400, headers: {}, body: `${HEAD_FAULTS[fault]}\n` }
}

/** Answers and ends the connection. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, headers, body }: RefusalAnswer): void {
  response.shouldKeepAlive = false
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  request.resume()
}

function factsOf(
  request: IncomingMessage,
  response: ServerResponse,
  { head, expectsContinue }: Pick<ConnectionFacts, 'head' | 'expectsContinue'>,
): ConnectionFacts {
  const { socket } = request
  let mustContinue = expectsContinue
  const sendContinue = (): void => {
    if (mustContinue) response.writeContinue()
    mustContinue = false
  }
  if (!(socket instanceof TLSSocket)) return { head, isTls: false, expectsContinue, sendContinue }
  const tls = { version: socket.getProtocol() ?? '', cipher: socket.getCipher().name }
  return { head, isTls: true, tls, expectsContinue, sendContinue }
}

/** Tells the far end that what it sent is not HTTP, where that would not be taken for the answer to a request before it. */
function endFaulty(failure: Error, socket: Socket, connections: Connections): void {
  const text = answerToFault(failure)
  const pending = connections.pending(socket)
  if (text === undefined || !socket.writable) socket.destroy()
  else if (pending.length === 0) socket.end(text)
  // What is wrong came after whole requests: they still get their answers.
  else if (pending.every(({ request }) => request.complete)) connections.drain(socket)
  // What is wrong is the body of the one request at hand.
  else if (pending.length === 1 && pending[0]?.response.headersSent === false) socket.end(text)
  else socket.destroy()
}

/** Whether the client has sent a whole request and taken all that was written: it is our move. */
function isOurTurn(socket: Socket, connections: Connections): boolean {
  const pending = connections.pending(socket)
  return pending.length > 0 && socket.writableLength === 0 && pending.every(({ request }) => request.complete)
}
