/** Requests without a client's help: every header and byte is the test's own, and so is every byte that comes back. */
import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { type HttpHead, type Instant, type RawHeaders, splitTarget } from '../../src/core/index.ts'
import { presignRequest, type SigningCredentials, signRequest } from '../../src/standards/sigv4/index.ts'
import { type InstallationUnderTest, REGION } from './installation.ts'

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  readonly text: string
  /** AWS's error code, whatever the protocol; the empty string when there is none. */
  readonly code: string
  readonly message: string
  /** Id of the stored refusal; the empty string when the answer carries none. */
  readonly denial: string
}

export interface BareRequest {
  readonly method?: string
  /** Path and query, raw. */
  readonly target?: string
  /** `host` is added when it is not among them. */
  readonly headers?: RawHeaders
  readonly body?: string | Uint8Array
  readonly tls?: { readonly ca: string }
}

type Port = Pick<InstallationUnderTest, 'port'>

export function send(
  { port }: Port,
  { method = 'GET', target = '/', headers = [], body, tls }: BareRequest,
): Promise<Answer> {
  const lines = [...headers]
  if (!has(lines, 'host')) lines.unshift(['host', `127.0.0.1:${port}`])
  // Node would choose chunks for a PUT or POST without a length.
  const isMeasured = body !== undefined || method === 'PUT' || method === 'POST'
  if (isMeasured && !has(lines, 'content-length') && !has(lines, 'transfer-encoding'))
    lines.push(['content-length', String(Buffer.byteLength(body ?? ''))])
  const options = { host: '127.0.0.1', port, method, path: target, headers: lines.flat(), setHost: false, agent: false }
  return new Promise((resolve, reject) => {
    const call = tls === undefined ? httpRequest(options) : httpsRequest({ ...options, ca: tls.ca })
    call.setTimeout(15_000, () => call.destroy(new Error('no answer within 15 s')))
    call.on('error', reject)
    call.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve(answerOf(response.statusCode ?? 0, response.headers as Record<string, string>, Buffer.concat(parts))),
      )
    })
    call.end(body)
  })
}

const has = (headers: RawHeaders, name: string): boolean => headers.some(([one]) => one.toLowerCase() === name)

function answerOf(status: number, headers: Record<string, string>, bytes: Buffer): Answer {
  const text = bytes.toString('utf8')
  const { code, message } = status < 300 ? { code: '', message: '' } : errorOf(headers, text)
  return { status, headers, bytes, text, code, message, denial: headers['x-openirsa-denial'] ?? '' }
}

function errorOf(headers: Record<string, string>, text: string): { code: string; message: string } {
  if (!(headers['content-type'] ?? '').includes('json'))
    return { code: xmlText(text, 'Code'), message: xmlText(text, 'Message') }
  const body = JSON.parse(text) as Record<string, unknown>
  const inner = (body.Error ?? {}) as Record<string, string>
  return {
    code: String(body.__type ?? headers['x-amzn-errortype'] ?? inner.Code ?? ''),
    message: String(body.message ?? body.Message ?? inner.Message ?? ''),
  }
}

/** The text of the first element of that name; the empty string when there is none. */
export function xmlText(text: string, name: string): string {
  const from = text.indexOf(`<${name}>`)
  const to = text.indexOf(`</${name}>`, from)
  return from < 0 || to < 0 ? '' : unescapeXml(text.slice(from + name.length + 2, to))
}

const unescapeXml = (text: string): string =>
  text
    .replaceAll(/&#(x?)([0-9A-Fa-f]+);/g, (_, hex: string, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, hex === '' ? 10 : 16)),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')

export interface ToSign extends Omit<BareRequest, 'tls'> {
  readonly service: string
  readonly credentials: SigningCredentials
  readonly region?: string
  /** What is signed of the body when it is not its own hash. */
  readonly payload?: string
  /** When it is signed; now, unless told otherwise. */
  readonly time?: Instant
}

export const sha256 = (body: string | Uint8Array = ''): string => createHash('sha256').update(body).digest('hex')

/** The request with its signature in the headers. */
export function signed(at: InstallationUnderTest, wanted: ToSign): BareRequest {
  const { head, options } = partsOf(at, wanted)
  return { ...wanted, headers: signRequest(head, options) }
}

/** The request with its signature in the query. */
export function presigned(
  at: InstallationUnderTest,
  wanted: ToSign & { readonly expiresSeconds: number },
): BareRequest {
  const { head, options } = partsOf(at, wanted)
  const { bodySha256, ...rest } = options
  const isUnsigned = wanted.payload === undefined && wanted.service === 's3'
  const query = presignRequest(head, {
    ...rest,
    ...(isUnsigned ? {} : { bodySha256 }),
    expiresSeconds: wanted.expiresSeconds,
  })
  return { ...wanted, target: `${head.path}?${query}`, headers: head.headers }
}

export const sendSigned = (at: InstallationUnderTest, wanted: ToSign): Promise<Answer> => send(at, signed(at, wanted))

function partsOf(at: InstallationUnderTest, wanted: ToSign) {
  const { method = 'GET', target = '/', headers = [], body, service, credentials, region = REGION } = wanted
  const all: RawHeaders = has(headers, 'host') ? headers : [['host', `127.0.0.1:${at.port}`], ...headers]
  const head: HttpHead = { method, ...splitTarget(target), headers: all }
  const bodySha256 = wanted.payload ?? sha256(body)
  return { head, options: { credentials, scope: { region, service }, now: wanted.time ?? at.clock.now(), bodySha256 } }
}

const FORM = 'application/x-www-form-urlencoded; charset=utf-8'
export const VERSIONS = { sts: '2011-06-15', iam: '2010-05-08' } as const

/** A call of the query protocol. */
export function form(parameters: Readonly<Record<string, string>>): Pick<BareRequest, 'method' | 'headers' | 'body'> {
  return { method: 'POST', headers: [['content-type', FORM]], body: new URLSearchParams(parameters).toString() }
}

export interface RawConnection {
  readonly socket: Socket
  /** All that came so far. */
  received(): string
  /** Waits until that stands in what came, or the connection is closed. */
  until(text: string): Promise<string>
  /** Waits for the far end to close. */
  ended(): Promise<string>
}

/** A connection on which the test writes its own bytes. */
export async function dial({ port }: Port, first?: string | Uint8Array): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port })
  let text = ''
  let isClosed = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const one of waiting) one()
  }
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isClosed = true
    wake()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  if (first !== undefined) socket.write(first)
  const wait = (isDone: () => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`nothing of that came within 8 s, but: ${text.slice(0, 500)}`)),
        8000,
      )
      const look = (): void => {
        if (!isDone() && !isClosed) return
        clearTimeout(late)
        waiting.delete(look)
        resolve(text)
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    received: () => text,
    until: (wanted) => wait(() => text.includes(wanted)),
    ended: () => wait(() => false),
  }
}

/** The head of a request as it goes over the wire. */
export function renderHead({ method = 'GET', target = '/', headers = [] }: BareRequest): string {
  return `${method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** Sends those bytes, then reads until the far end closes. */
export async function sendRaw(at: Port, bytes: string | Uint8Array): Promise<string> {
  const connection = await dial(at, bytes)
  const text = await connection.ended()
  connection.socket.destroy()
  return text
}

/** The status of the first answer in raw text; 0 when there is none. */
export const statusOf = (raw: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(raw)?.[1] ?? 0)
