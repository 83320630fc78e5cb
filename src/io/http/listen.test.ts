import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import type { LogFields } from '../host/index.ts'
import { logTo } from '../host/testing/logs.ts'
import { listen } from './listen.ts'
import type { ConnectionFacts, Listener, ListenOptions } from './model.ts'
import { type Authority, makeAuthority } from './testing/issuer-under-test.ts'

const HOST = '127.0.0.1'
let authority: Authority
let tls: { key: string; cert: string }
let listener: Listener
let handled: string[]
let facts: ConnectionFacts[]
let logged: { fields: LogFields; message: string }[]
let onRequest: ListenOptions['onRequest']
let extra: Partial<ListenOptions>

beforeAll(async () => {
  authority = await makeAuthority()
  tls = await authority.serve([HOST, 'localhost'])
})
beforeEach(() => {
  handled = []
  facts = []
  logged = []
  extra = {}
  onRequest = (request, response) => {
    request.resume()
    request.on('end', () => response.end('done\n'))
  }
})
afterEach(() => listener?.close(0))

const log = logTo((fields, message) => void logged.push({ fields, message }))

async function start(addresses: readonly string[] = [HOST], port = 0): Promise<void> {
  listener = await listen({
    port,
    addresses,
    tls,
    log,
    onRequest: (request, response, more) => {
      handled.push(`${request.method} ${request.url}`)
      facts.push(more)
      return onRequest(request, response, more)
    },
    ...extra,
  })
}

interface Talk {
  readonly socket: Socket
  /** All that came, when the connection has ended. */
  readonly whole: Promise<string>
}

function open(options: { tls?: boolean; port?: number; host?: string } = {}): Talk {
  const { host = HOST, port = listener.port } = options
  const socket = options.tls
    ? connectTls({ host, port, ca: authority.cert, servername: 'localhost' })
    : connect({ host, port })
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (more) => {
    text += more
  })
  socket.on('error', () => undefined)
  return { socket, whole: new Promise((resolve) => socket.on('close', () => resolve(text))) }
}

function say(text: string, options: Parameters<typeof open>[0] = {}): Promise<string> {
  const { socket, whole } = open(options)
  socket.write(Buffer.from(text, 'latin1'))
  return whole
}

const wait = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds))
const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`
const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

describe('a head that is refused', () => {
  const get = (...headers: string[]) => lines('GET / HTTP/1.1', ...headers)
  const many = (count: number) => Array.from({ length: count }, (_, at) => `h${at}: x`)
  it.each([
    ['two Host headers', get('Host: a', 'Host: b'), 'sent several times'],
    ['two Authorization headers', get('Host: a', 'Authorization: x', 'authorization: y'), 'sent several times'],
    ['two session tokens', get('Host: a', 'X-Amz-Security-Token: x', 'x-amz-security-token: x'), 'sent several times'],
    ['two Content-Types', get('Host: a', 'Content-Type: x', 'Content-Type: y'), 'sent several times'],
    ['no Host', get(), 'Host header is missing'],
    ['an empty Host', get('Host:'), 'Host header is missing'],
    ['a Host that is none', get('Host: a/b'), 'not a host'],
    ['a Host with a user', get('Host: a@b'), 'not a host'],
    ['900 headers', get('Host: a', ...many(899)), 'too many headers'],
    ['1,500 headers, Authorization the last', get('Host: a', ...many(1500), 'Authorization: x'), 'too many headers'],
    ['absolute form', lines('GET http://other/ HTTP/1.1', 'Host: a'), 'must be a path'],
    ['authority in an asterisk', lines('OPTIONS * HTTP/1.1', 'Host: a'), 'must be a path'],
    ['CONNECT', lines('CONNECT other:443 HTTP/1.1', 'Host: a'), 'no proxy'],
    ['an upgrade', get('Host: a', 'Connection: Upgrade', 'Upgrade: websocket'), 'no upgrade'],
    [
      'HTTP/1.0 with chunks',
      `${lines('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      'HTTP/1.1 only',
    ],
    ['an unknown expectation', get('Host: a', 'Expect: 200-ok'), 'no Expect but 100-continue'],
    ['gzip as transfer coding', get('Host: a', 'Transfer-Encoding: gzip, chunked'), 'but chunked'],
  ])('%s: 400, the connection ends, nobody is asked', async (_what, text, sentence) => {
    await start()
    const answer = await say(text)
    expect(statusesOf(answer)).toEqual([400])
    expect(answer).toContain(sentence)
    expect(answer.toLowerCase()).toContain('connection: close')
    expect(handled).toEqual([])
  })

  it.each([
    [
      'length and chunks',
      `${lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    ],
    ['two lengths', `${lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 6')}hello`],
    ['a length that is none', lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: +5')],
    ['a folded header', lines('GET / HTTP/1.1', 'Host: a', 'X: b', ' folded')],
    ['a space before the colon', lines('GET / HTTP/1.1', 'Host : a')],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a header without a name', lines('GET / HTTP/1.1', 'Host: a', ': x')],
    ['U+0000 in a value', lines('GET / HTTP/1.1', 'Host: a', 'X: a\0b')],
    ['a carriage return in a value', lines('GET / HTTP/1.1', 'Host: a', 'X: a\rb')],
    ['another version', lines('GET / HTTP/2.0', 'Host: a')],
    ['an unknown method', lines('BREW / HTTP/1.1', 'Host: a')],
    ['HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['noise', '\x01\x02\x03\r\n\r\n'],
    ['nothing but line ends and noise', '\r\n\r\n\r\nnoise\r\n\r\n'],
    ['a space in the target', lines('GET /a b HTTP/1.1', 'Host: a')],
  ])('%s is not HTTP: 400, the connection ends, nobody is asked', async (_what, text) => {
    await start()
    const answer = await say(text)
    expect(statusesOf(answer)).toEqual([400])
    expect(handled).toEqual([])
  })

  it('a head of more than 32 KiB: 431', async () => {
    await start()
    expect(statusesOf(await say(lines('GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(33 * 1024)}`)))).toEqual([431])
    expect(handled).toEqual([])
  })

  it('more headers than Node itself reads are refused: by us, or by a Node that says so instead of dropping the rest', async () => {
    await start()
    const [status] = statusesOf(await say(get('Host: a', ...many(2500), 'Authorization: x')))
    expect([400, 431]).toContain(status)
    expect(handled).toEqual([])
  })

  it('a head of nearly that, and one of 899 headers, are taken', async () => {
    await start()
    const close = 'Connection: close'
    expect(statusesOf(await say(lines('GET /a HTTP/1.1', 'Host: a', close, `X: ${'x'.repeat(31 * 1024)}`)))).toEqual([
      200,
    ])
    expect(statusesOf(await say(get('Host: a', close, ...many(897))))).toEqual([200])
    expect(handled).toEqual(['GET /a', 'GET /'])
  })

  it('is answered in the words of whoever listens', async () => {
    extra = { onRefused: (head, fault) => ({ status: 403, headers: { 'X-Path': head.path }, body: `<${fault}/>` }) }
    await start()
    const answer = await say(lines('GET /b HTTP/1.1', 'Host: a', 'Host: a'))
    expect(answer).toMatch(/^HTTP\/1\.1 403.*X-Path: \/b.*<duplicate-header\/>$/s)
  })

  it('what follows it on the connection is not read as a request', async () => {
    await start()
    const answer = await say(lines('GET /a HTTP/1.1', 'Host: a', 'Host: a') + lines('GET /b HTTP/1.1', 'Host: a'))
    expect([statusesOf(answer), handled]).toEqual([[400], []])
  })

  it('HEAD is answered without a body', async () => {
    await start()
    const answer = await say(lines('HEAD / HTTP/1.1', 'Host: a', 'Host: a'))
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })

  it('a fault in wording the refusal ends the request, not the process', async () => {
    extra = {
      onRefused: () => {
        throw new Error('wording')
      },
    }
    await start()
    expect(statusesOf(await say(lines('GET / HTTP/1.1')))).toEqual([500])
    expect(statusesOf(await say(lines('GET / HTTP/1.1', 'Host: a', 'Connection: close')))).toEqual([200])
  })
})

describe('requests on one connection', () => {
  it('are answered in order, and garbage behind them does not take the answers away', async () => {
    onRequest = (_request, response) => void setTimeout(() => response.end('late\n'), 60)
    await start()
    const answer = await say(`${lines('GET /a HTTP/1.1', 'Host: a')}garbage\r\n\r\n`)
    expect(statusesOf(answer)).toEqual([200])
    expect(answer).toContain('late')
    expect(handled).toEqual(['GET /a'])
  })

  it('a body that is not in chunks: 400 for the request that it belongs to', async () => {
    await start()
    const answer = await say(`${lines('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}zz\r\n`)
    expect(statusesOf(answer)).toEqual([400])
  })

  it('an answer that is under way is not followed by another one', async () => {
    onRequest = (_request, response) => void response.write('begun')
    await start()
    const { socket, whole } = open()
    socket.write(lines('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'))
    await wait(50)
    socket.write('zz\r\n')
    expect(statusesOf(await whole)).toEqual([200])
  })

  it('the raw target and the raw headers are as they were sent', async () => {
    let seen: IncomingMessage | undefined
    onRequest = (request, response) => {
      seen = request
      response.end()
    }
    await start()
    await say(lines('GET /a/../b//%2F%zz?x=%20+ HTTP/1.1', 'hOsT: a', 'x-Empty:', '__proto__: y', 'Connection: close'))
    expect(seen?.url).toBe('/a/../b//%2F%zz?x=%20+')
    expect(seen?.rawHeaders).toEqual(['hOsT', 'a', 'x-Empty', '', '__proto__', 'y', 'Connection', 'close'])
  })

  it('an exception is answered 500 without a word of why, and logged', async () => {
    onRequest = () => {
      throw new Error('canary')
    }
    await start()
    const answer = await say(lines('GET / HTTP/1.1', 'Host: a'))
    expect(statusesOf(answer)).toEqual([500])
    expect(answer).not.toContain('canary')
    expect(logged.map(({ message }) => message)).toContain('a request could not be answered')
  })

  it('a client that asks before it sends is told to go on by the handler alone', async () => {
    onRequest = (request, response, { expectsContinue, sendContinue }) => {
      expect(expectsContinue).toBe(true)
      if (request.url === '/no') return void response.writeHead(403, { Connection: 'close' }).end()
      sendContinue()
      sendContinue()
      request.resume()
      request.on('end', () => response.end('ok'))
    }
    await start()
    const head = (path: string) =>
      lines(`PUT ${path} HTTP/1.1`, 'Host: a', 'Expect: 100-continue', 'Content-Length: 5', 'Connection: close')
    expect(statusesOf(await say(head('/no')))).toEqual([403])
    const { socket, whole } = open()
    socket.write(head('/yes'))
    await wait(80)
    socket.write('hello')
    expect(statusesOf(await whole)).toEqual([100, 200])
  })
})

describe('one port', () => {
  const ask = (protocol: 'http' | 'https', host = HOST) =>
    new Promise<number | undefined>((resolve, reject) => {
      const send = protocol === 'https' ? httpsRequest : httpRequest
      const call = send({ host, port: listener.port, ca: authority.cert, agent: false }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode))
      })
      call.on('error', reject)
      call.end()
    })

  it('answers HTTP and HTTPS, and says which it was', async () => {
    await start()
    expect([await ask('http'), await ask('https')]).toEqual([200, 200])
    expect(facts.map(({ isTls, tls: found }) => [isTls, found?.version])).toEqual([
      [false, undefined],
      [true, 'TLSv1.3'],
    ])
    expect(facts[1]!.tls?.cipher).toMatch(/^TLS_/)
  })

  it('a ClientHello that arrives byte by byte is understood', async () => {
    await start()
    const relay = createServer((near) => {
      const far = connect({ host: HOST, port: listener.port, noDelay: true })
      near.on('data', (chunk) => {
        for (const byte of chunk.subarray(0, 20)) far.write(Buffer.of(byte))
        far.write(chunk.subarray(20))
      })
      far.pipe(near)
      for (const socket of [near, far]) socket.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => relay.listen(0, HOST, resolve))
    const text = await say(lines('GET / HTTP/1.1', 'Host: a', 'Connection: close'), {
      tls: true,
      port: (relay.address() as AddressInfo).port,
    })
    expect(statusesOf(text)).toEqual([200])
    relay.close()
  })

  it.each(['TLSv1', 'TLSv1.1'] as const)('refuses %s', async (version) => {
    await start()
    const code = await new Promise((resolve) => {
      const socket = connectTls({
        host: HOST,
        port: listener.port,
        minVersion: version,
        maxVersion: version,
        ca: authority.cert,
        ciphers: 'DEFAULT@SECLEVEL=0',
      })
      socket.on('error', ({ code: found }: NodeJS.ErrnoException) => resolve(found))
      socket.on('secureConnect', () => resolve('connected'))
    })
    expect(code).toMatch(/PROTOCOL_VERSION/)
  })

  it('keeps both kinds of connection alive for the next request', async () => {
    await start()
    for (const isTls of [false, true]) {
      const { socket, whole } = open({ tls: isTls })
      socket.write(lines('GET /1 HTTP/1.1', 'Host: a'))
      await wait(60)
      socket.write(lines('GET /2 HTTP/1.1', 'Host: a', 'Connection: close'))
      expect(statusesOf(await whole)).toEqual([200, 200])
    }
  })

  it('off loopback HTTPS alone is answered', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((found) => found !== undefined && !found.internal && found.family === 'IPv4')?.address
    // A machine without a network has no address to ask; loopback by another name stands in, and is loopback.
    await start([HOST, ...(address === undefined ? [] : [address])])
    const text = await say(lines('GET / HTTP/1.1', 'Host: a', 'Connection: close'), { host: address ?? HOST })
    expect(statusesOf(text)).toEqual([address === undefined ? 200 : 400])
    if (address !== undefined) expect(text).toContain('expected https')
    const secure = await say(lines('GET / HTTP/1.1', 'Host: a', 'Connection: close'), {
      host: address ?? HOST,
      tls: true,
    })
    expect(statusesOf(secure)).toEqual([200])
  })

  it('a port in use is one line that names the port and the way out', async () => {
    const other = createHttpServer()
    await new Promise<void>((resolve) => other.listen(0, HOST, resolve))
    const { port } = other.address() as AddressInfo
    const failure = await start([HOST], port).then(
      () => expect.fail('it was taken'),
      (thrown: unknown) => thrown as ConfigError,
    )
    expect(failure).toBeInstanceOf(ConfigError)
    expect(failure.message).toBe(`cannot listen on port ${port} (${HOST}:${port}): it is in use`)
    expect(failure.hint).toContain('--port')
    await new Promise((resolve) => other.close(resolve))
  })

  it.each(['localhost', '', '256.0.0.1', '127.0.0.1:80', '192.0.2.1'])('cannot listen on `%s`', async (address) => {
    await expect(start([address])).rejects.toThrow(ConfigError)
  })
})

describe('slow clients', () => {
  it('a head that does not end in time: 408, plain and over TLS', async () => {
    extra = { limits: { headMilliseconds: 300 } }
    await start()
    for (const isTls of [false, true]) {
      const { socket, whole } = open({ tls: isTls })
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
      const drip = setInterval(() => socket.write('x: y\r\n'), 100)
      const begun = performance.now()
      expect(statusesOf(await whole)).toEqual([408])
      clearInterval(drip)
      expect(performance.now() - begun).toBeLessThan(3000)
    }
    expect(handled).toEqual([])
  })

  it('a connection that says nothing is ended', async () => {
    extra = { limits: { headMilliseconds: 200 } }
    await start()
    expect(await open().whole).toBe('')
  })

  it('a body that does not end in time: 408', async () => {
    extra = { limits: { headMilliseconds: 200, requestMilliseconds: 400 } }
    await start()
    const { socket, whole } = open()
    socket.write(lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
    const drip = setInterval(() => socket.write('x'), 50)
    expect(statusesOf(await whole)).toEqual([408])
    clearInterval(drip)
  })

  it('a body that stands still is not waited for', async () => {
    extra = { limits: { idleMilliseconds: 200 } }
    await start()
    const { socket, whole } = open()
    socket.write(lines('POST / HTTP/1.1', 'Host: a', 'Content-Length: 1000'))
    expect(await whole).toBe('')
  })

  it('an answer that nobody takes is not waited for', async () => {
    extra = { limits: { idleMilliseconds: 300 } }
    let response: ServerResponse | undefined
    onRequest = (_request, given) => {
      response = given
      given.write(Buffer.alloc(64 * 1024 * 1024))
    }
    await start()
    const { socket } = open()
    socket.pause()
    socket.write(lines('GET / HTTP/1.1', 'Host: a'))
    await wait(1500)
    expect(response?.destroyed).toBe(true)
    socket.destroy()
  })

  it('a client that waits for a slow answer is not idle', async () => {
    extra = { limits: { idleMilliseconds: 100 } }
    onRequest = (_request, response) => void setTimeout(() => response.end('late'), 500)
    await start()
    expect(statusesOf(await say(lines('GET / HTTP/1.1', 'Host: a', 'Connection: close')))).toEqual([200])
  })

  it('more connections than allowed are turned away', async () => {
    extra = { limits: { connections: 2 } }
    await start()
    const talks = [open(), open()]
    await wait(50)
    expect(await open().whole).toBe('')
    for (const { socket } of talks) socket.destroy()
  })
})

describe('closing', () => {
  it('lets the request at hand finish, says that the connection ends, and ends idle ones at once', async () => {
    onRequest = (_request, response) => void setTimeout(() => response.end('finished'), 300)
    await start()
    const idle = [open(), open({ tls: true })]
    const busy = [open(), open({ tls: true })]
    await wait(100)
    for (const { socket } of busy) socket.write(lines('GET / HTTP/1.1', 'Host: a'))
    await wait(50)
    const begun = performance.now()
    const closing = listener.close(5)
    for (const { whole } of idle) expect(await whole).toBe('')
    expect(performance.now() - begun).toBeLessThan(200)
    for (const { whole } of busy) {
      const text = await whole
      expect(statusesOf(text)).toEqual([200])
      expect(text).toContain('finished')
      expect(text.toLowerCase()).toContain('connection: close')
    }
    await closing
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('ends what does not finish within the grace, and the port is free', async () => {
    onRequest = () => undefined
    await start()
    const { port } = listener
    const { socket, whole } = open()
    socket.write(lines('GET / HTTP/1.1', 'Host: a'))
    await wait(50)
    await Promise.all([listener.close(0.2), listener.close(0.2)])
    expect(await whole).toBe('')
    await start([HOST], port)
    expect(listener.port).toBe(port)
  })
})
