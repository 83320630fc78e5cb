import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TokenError } from '../../../src/core/index.ts'
import { fixedClock } from '../../../src/core/testing/fixed.ts'
import type { LogFields } from '../../../src/io/host/index.ts'
import { logTo } from '../../../src/io/host/testing/logs.ts'
import { createJwksSource, fetchLimited, type JwksSource } from '../../../src/io/http/index.ts'
import {
  type Answer,
  type Authority,
  issuerAnswer,
  jwksOf,
  makeAuthority,
  makeKey,
  mintOptions,
  type NetworkUnderTest,
  networkUnderTest,
  PUBLIC_ADDRESS,
  type ServerUnderTest,
  startServer,
} from '../../../src/io/http/testing/issuer-under-test.ts'
import type { IssuerUrl } from '../../../src/standards/oidc/index.ts'
import { drip, rocaModulus, rsa, thumbprintOf } from './hostile-parts.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/adversarial/jwks-hostile.json', import.meta.url), 'utf8'),
) as {
  cases: { id: string; behaviour: string; expect: string }[]
}

const HOST = 'issuer.example'
const ISSUER = `https://${HOST}` as IssuerUrl
const CANARY = 'canary-of-the-far-end'
const key = makeKey('k1')
const another = makeKey('k2')
const MINUTE = 60
const HOUR = 3600

let authority: Authority
let stranger: Authority
let server: ServerUnderTest
let network: NetworkUnderTest
let clock: ReturnType<typeof fixedClock>
let logged: LogFields[]
let source: JwksSource

beforeAll(async () => {
  authority = await makeAuthority()
  stranger = await makeAuthority()
})
beforeEach(async () => {
  server = await startServer(
    await authority.serve([HOST, 'keys.example', '127.0.0.1']),
    issuerAnswer(ISSUER, () => jwksOf([key])),
  )
  network = networkUnderTest([authority.cert])
  network.addresses.set(HOST, [PUBLIC_ADDRESS])
  network.ports.set(HOST, server.port)
  clock = fixedClock('2026-03-01T12:00:00Z')
  logged = []
  source = createJwksSource({
    network,
    clock,
    allowPrivateHosts: new Set(),
    log: logTo((fields) => void logged.push(fields)),
  })
})
afterEach(() => server.close())

const find = (keyId = 'k1', thumbprints: readonly string[] = [], issuer = ISSUER) =>
  source.find({ issuer, thumbprints, keyId })
type Failure = Error & Pick<TokenError, 'detail' | 'hint'> & { readonly reason: string }
const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => failure as Failure,
  )
const get = (url: string, limits = { milliseconds: 400, bytes: 256 * 1024 }) =>
  fetchLimited({ url, thumbprints: [], allowPrivateHosts: new Set() }, network, limits)
const expectNotFetched = async (reason: string, word: string, work = find()) => {
  const failure = await failureOf(work)
  expect([failure.constructor, failure.reason]).toEqual([TokenError, reason])
  expect(failure.message).toContain(word)
  expect(JSON.stringify([failure.message, failure.detail, failure.hint])).not.toContain(CANARY)
}
/** Fails now, serves what it fetched before, fails for good when that is too old. */
const withGoodSet = async (hostile: Answer) => {
  await find()
  server.answer = hostile
  clock.advanceSeconds(11 * MINUTE)
  expect((await find()).key.keyId).toBe('k1')
  clock.advanceSeconds(HOUR)
  expect((await find()).key.keyId).toBe('k1')
}
const redirect =
  (location: string): Answer =>
  (_request, response) =>
    void response.writeHead(302, { location, 'x-canary': CANARY }).end(CANARY)
const replaceDiscovery = (change: Record<string, unknown>): void => {
  const usual = server.answer
  server.answer = (request, response) => {
    if (request.url?.endsWith('openid-configuration') !== true) return usual(request, response)
    response.end(JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, ...change }))
  }
}
const serveKeys = (keys: readonly JsonWebKey[] | string): void => {
  const text = typeof keys === 'string' ? keys : JSON.stringify({ keys })
  server.answer = issuerAnswer(ISSUER, () => text)
}
const ec = (more: Record<string, unknown> = {}): JsonWebKey => ({
  ...key.publicKey.export({ format: 'jwk' }),
  alg: 'ES256',
  use: 'sig',
  kid: 'k1',
  ...more,
})
/** Whatever else is in the set, `k1` is found and `bad` is not. */
const expectUnusable = async (...bad: JsonWebKey[]) => {
  serveKeys([ec(), ...bad])
  expect((await find('k1')).key.keyId).toBe('k1')
  expect((await failureOf(find('bad'))).reason).toBe('unknown-key')
}
const serveWith = async (tls: { key: string; cert: string }) => {
  await server.close()
  server = await startServer(
    tls,
    issuerAnswer(ISSUER, () => jwksOf([key])),
  )
  network.ports.set(HOST, server.port)
}

const CASES: Record<string, () => Promise<void>> = {
  'redirect to http': async () => {
    server.answer = redirect(`http://${HOST}/`)
    await expectNotFetched('issuer-unreachable', 'redirect')
    expect(server.requests).toHaveLength(1)
  },
  'redirect to metadata': async () => {
    server.answer = redirect('http://169.254.169.254/')
    await expectNotFetched('issuer-unreachable', 'redirect')
    expect(network.dials).toEqual([`${PUBLIC_ADDRESS}:443`])
  },
  'redirect loop': async () => {
    server.answer = redirect(`${ISSUER}/.well-known/openid-configuration`)
    await expectNotFetched('issuer-unreachable', 'redirect')
    expect(server.requests).toHaveLength(1)
  },
  'issuer mismatch': async () => {
    replaceDiscovery({ issuer: `${ISSUER}/` })
    await expectNotFetched('issuer-unreachable', 'bad-discovery')
  },
  'jwks_uri other host': async () => {
    replaceDiscovery({ jwks_uri: 'https://keys.example/keys' })
    network.ports.set('keys.example', server.port)
    network.addresses.set('keys.example', ['10.0.0.1'])
    await expectNotFetched('issuer-unreachable', 'forbidden-address')
    network.addresses.set('keys.example', [PUBLIC_ADDRESS])
    clock.advanceSeconds(MINUTE)
    expect((await find()).key.keyId).toBe('k1')
  },
  'jwks_uri http': async () => {
    replaceDiscovery({ jwks_uri: `http://${HOST}/keys` })
    await expectNotFetched('issuer-unreachable', 'bad-discovery')
  },
  'jwks_uri file/data/ftp': async () => {
    for (const uri of [
      'file:///etc/passwd',
      'data:application/json,{}',
      'ftp://issuer.example/keys',
      'javascript:0',
      7,
      null,
    ]) {
      replaceDiscovery({ jwks_uri: uri })
      clock.advanceSeconds(MINUTE)
      await expectNotFetched('issuer-unreachable', 'bad-discovery')
    }
  },
  'jwks_uri userinfo': async () => {
    replaceDiscovery({ jwks_uri: `https://a@${HOST}/keys` })
    await expectNotFetched('issuer-unreachable', 'bad-discovery')
    expect((await failureOf(get(`https://a:b@${HOST}/keys`))).reason).toBe('bad-url')
  },
  'DNS rebinding': async () => {
    let asked = 0
    const rebinding = {
      ...network,
      lookup: () => {
        asked += 1
        return Promise.resolve(asked === 1 ? [PUBLIC_ADDRESS] : ['127.0.0.1'])
      },
    }
    const request = { url: `${ISSUER}/keys`, thumbprints: [], allowPrivateHosts: new Set<string>() }
    expect((await fetchLimited(request, rebinding)).body.length).toBeGreaterThan(0)
    expect(network.dials).toEqual([`${PUBLIC_ADDRESS}:443`])
    expect((await failureOf(fetchLimited(request, rebinding))).reason).toBe('forbidden-address')
    network.addresses.set(HOST, [PUBLIC_ADDRESS, '127.0.0.1'])
    await expectNotFetched('issuer-unreachable', 'forbidden-address')
    expect(network.dials).toHaveLength(1)
  },
  'IP literal': async () => {
    network.ports.set('127.0.0.1', server.port)
    for (const host of [
      '127.0.0.1',
      '10.1.2.3',
      '[::1]',
      '169.254.169.254',
      '[fd00:ec2::254]',
      '0.0.0.0',
      '[::]',
      '100.100.100.200',
    ]) {
      expect((await failureOf(get(`https://${host}/keys`))).reason, host).toBe('forbidden-address')
    }
    expect([network.dials, network.lookups]).toEqual([[], []])
    const allowed = { url: 'https://127.0.0.1/keys', thumbprints: [], allowPrivateHosts: new Set(['127.0.0.1']) }
    expect((await fetchLimited(allowed, network)).connection).toBe('IAMTrustStore')
    const metadata = { ...allowed, url: 'https://169.254.169.254/', allowPrivateHosts: new Set(['169.254.169.254']) }
    expect((await failureOf(fetchLimited(metadata, network))).reason).toBe('forbidden-address')
  },
  'decimal/hex/octal IP': async () => {
    for (const host of ['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0x7f.1', '①②⑦.0.0.1', '127.0.0.1.']) {
      expect((await failureOf(get(`https://${host}/`))).reason, host).toBe('forbidden-address')
    }
    expect(network.dials).toEqual([])
  },
  'IPv4-mapped/compatible/6to4/NAT64': async () => {
    for (const host of [
      '::ffff:7f00:1',
      '::ffff:127.0.0.1',
      '::7f00:1',
      '2002:7f00:1::',
      '64:ff9b::7f00:1',
      '::ffff:8.8.8.8',
      '64:ff9b:1::1',
      '2001:0:1::',
      'fe80::1',
      'ff02::1',
    ]) {
      const allowed = {
        url: `https://[${host}]/`,
        thumbprints: [],
        allowPrivateHosts: new Set([new URL(`https://[${host}]/`).hostname.slice(1, -1)]),
      }
      expect((await failureOf(fetchLimited(allowed, network))).reason, host).toBe('forbidden-address')
    }
    expect(network.dials).toEqual([])
  },
  'slow headers': async () => {
    server.answer = (_request, response) => {
      const letters = [...'HTTP/1.1 200 OK']
      const timer = setInterval(() => response.socket?.write(letters.shift() ?? '!'), 1000)
      response.on('close', () => clearInterval(timer))
    }
    const begun = performance.now()
    const failures = await Promise.all([1, 2, 3, 4].map(() => failureOf(find())))
    const took = performance.now() - begun
    expect(took).toBeGreaterThan(4900)
    expect(took).toBeLessThan(5500)
    expect(new Set(failures).size).toBe(1)
    expect(failures[0]!.message).toBe('issuer unreachable: timeout')
    expect(network.dials).toHaveLength(1)
  },
  'slow body': async () => {
    server.answer = (_request, response) => drip(response, 'x')
    const begun = performance.now()
    expect((await failureOf(get(`${ISSUER}/keys`))).reason).toBe('timeout')
    expect(performance.now() - begun).toBeLessThan(900)
  },
  'never ends': async () => {
    let sent = 0
    server.answer = (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) sent += 16_384
      }
      response.on('drain', more)
      more()
    }
    expect((await failureOf(get(`${ISSUER}/keys`, { milliseconds: 5000, bytes: 256 * 1024 }))).reason).toBe('too-large')
    expect(sent).toBeLessThan(20 * 1024 * 1024)
  },
  'gzip bomb': async () => {
    server.answer = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10 * 1024 * 1024)))
    await expectNotFetched('issuer-unreachable', 'encoded')
    expect(server.headers[0]).not.toHaveProperty('accept-encoding')
  },
  'huge JWKS': async () => {
    serveKeys(Array.from({ length: 20_000 }, (_, at) => ec({ kid: `k${at}` })))
    await expectNotFetched('issuer-unreachable', 'too-large')
    serveKeys(Array.from({ length: 101 }, (_, at) => ec({ kid: `k${at}` })))
    clock.advanceSeconds(MINUTE)
    await expectNotFetched('issuer-unreachable', 'bad-jwks')
  },
  '0 keys': async () => {
    serveKeys([])
    await expectNotFetched('issuer-unreachable', 'bad-jwks')
    serveKeys([ec()])
    clock.advanceSeconds(MINUTE)
    await find()
    serveKeys([])
    clock.advanceSeconds(9 * MINUTE)
    await find()
    clock.advanceSeconds(2 * MINUTE)
    await expectNotFetched('issuer-unreachable', 'bad-jwks')
  },
  'not JSON / HTML 200': async () => {
    server.answer = (_request, response) => void response.end(`<html>${CANARY}`)
    await expectNotFetched('issuer-unreachable', 'bad-discovery')
    server.answer = issuerAnswer(ISSUER, () => `<html>${CANARY}`)
    clock.advanceSeconds(MINUTE)
    await expectNotFetched('issuer-unreachable', 'bad-jwks')
    serveKeys([ec()])
    clock.advanceSeconds(MINUTE)
    await withGoodSet((_request, response) => void response.end('<html>'))
  },
  '404 / 500 / 503 flapping': async () => {
    const good = server.answer
    let asked = 0
    await find()
    server.answer = (request, response) => {
      asked += 1
      if (asked % 2 === 1) return void response.writeHead([404, 500, 503][asked % 3] ?? 500).end(CANARY)
      good(request, response)
    }
    for (let minute = 0; minute < 120; minute += 1) {
      clock.advanceSeconds(MINUTE)
      expect((await find()).key.keyId).toBe('k1')
      await new Promise((resume) => setImmediate(resume))
    }
    expect(asked).toBeGreaterThan(10)
  },
  'connection refused 10 min': async () => {
    await find()
    network.ports.delete(HOST)
    for (let minute = 0; minute < 715; minute += 5) {
      clock.advanceSeconds(5 * MINUTE)
      expect((await find()).key.keyId).toBe('k1')
    }
    clock.advanceSeconds(10 * MINUTE)
    await expectNotFetched('issuer-unreachable', 'unreachable')
  },
  'TLS expired / wrong host / self-signed without thumbprint': async () => {
    await serveWith(await authority.serve([HOST], { notAfter: mintOptions().notBefore, notBefore: 0 as never }))
    await expectNotFetched('thumbprint-mismatch', 'neither trusted nor pinned')
    await serveWith(await authority.serve([`${CANARY}.example`]))
    clock.advanceSeconds(MINUTE)
    await expectNotFetched('thumbprint-mismatch', 'neither trusted nor pinned')
    await serveWith(await stranger.serve([HOST]))
    clock.advanceSeconds(MINUTE)
    await expectNotFetched('thumbprint-mismatch', 'neither trusted nor pinned')
    expect(server.requests).toEqual([])
  },
  'TLS self-signed with registered thumbprint': async () => {
    await serveWith(await stranger.serve([HOST]))
    expect(await find('k1', [thumbprintOf(stranger.cert)])).toMatchObject({
      connection: 'Thumbprint',
      key: { keyId: 'k1' },
    })
    await serveWith(await stranger.serve(['other.example']))
    await expectNotFetched('issuer-unreachable', 'untrusted', find('k1', [thumbprintOf(stranger.cert), '0'.repeat(40)]))
    await serveWith(await stranger.serve([HOST], { notAfter: mintOptions().notBefore, notBefore: 0 as never }))
    await expectNotFetched('issuer-unreachable', 'untrusted', find('k1', [thumbprintOf(stranger.cert), '1'.repeat(40)]))
    expect(server.requests).toEqual([])
  },
  'thumbprint of other cert in chain': async () => {
    const tls = await stranger.serve([HOST])
    await serveWith(tls)
    const leaf = `${tls.cert.slice(0, tls.cert.indexOf('-----END'))}-----END CERTIFICATE-----`
    await expectNotFetched('thumbprint-mismatch', 'neither trusted nor pinned', find('k1', [thumbprintOf(leaf)]))
    await serveWith({ key: tls.key, cert: `${leaf}\n` })
    expect((await find('k1', [thumbprintOf(leaf), '2'.repeat(40)])).connection).toBe('Thumbprint')
  },
  'duplicate kid': () =>
    expectUnusable(ec({ kid: 'bad' }), { ...another.publicKey.export({ format: 'jwk' }), kid: 'bad' }),
  'mixed symmetric': async () => {
    await expectUnusable({ kty: 'oct', k: 'AAAA', kid: 'bad', alg: 'HS256' })
  },
  'private key in JWKS': async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = privateKey.export({ format: 'jwk' })
    serveKeys([{ ...jwk, kid: 'k1', alg: 'ES256' }])
    expect((await find()).key.key.type).toBe('public')
    expect(logged).toContainEqual({ issuer: ISSUER, jwksUri: `${ISSUER}/keys` })
    expect(JSON.stringify(logged)).not.toContain(jwk.d)
  },
  'RSA 1024': () => expectUnusable(rsa(1024)),
  'RSA e=1 / e=2 / even e': () =>
    expectUnusable(...['AQ', 'Ag', 'AQAA'].map((e, at) => rsa(2048, { e, kid: at === 0 ? 'bad' : `bad${at}` }))),
  'RSA 16384+': () => expectUnusable({ ...rsa(2048), n: Buffer.alloc(2048, 0xff).toString('base64url') }),
  'ROCA modulus': async () => {
    // Of every form p = k*M + 65537^a mod M: n is a power of 65537 modulo each small prime, as this one is.
    await expectUnusable({ ...rsa(2048), n: rocaModulus() })
  },
  'EC point off curve': () => expectUnusable(ec({ kid: 'bad', y: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' })),
  'use=enc / key_ops=[encrypt]': async () => {
    await expectUnusable(ec({ kid: 'bad', use: 'enc' }))
    clock.advanceSeconds(11 * MINUTE)
    await expectUnusable(ec({ kid: 'bad', use: undefined, key_ops: ['encrypt'] }))
  },
  'alg in JWK != header alg': async () => {
    serveKeys([ec()])
    expect((await find()).key.algorithms).toEqual(['ES256'])
    await expectUnusable(ec({ kid: 'bad', alg: 'RS256' }))
  },
  'kid rotates each request': async () => {
    await find()
    const before = server.requests.length
    const outcomes = await Promise.allSettled(Array.from({ length: 10_000 }, (_, at) => find(`random-${at}`)))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(server.requests.length).toBe(before)
    for (let second = 0; second < 300; second += 1) {
      clock.advanceSeconds(1)
      await Promise.allSettled([find(`random-${second}`), find(`random+${second}`)])
      expect((await find()).key.keyId).toBe('k1')
    }
    // Two documents at each fetch, one fetch in 30 s.
    expect((server.requests.length - before) / 2).toBeLessThanOrEqual(10)
    network.ports.delete(HOST)
    const dials = network.dials.length
    for (let second = 0; second < 300; second += 1) {
      clock.advanceSeconds(1)
      await Promise.allSettled([find(`random-${second}`)])
    }
    expect(network.dials.length - dials).toBeLessThanOrEqual(11)
  },
  'Cache-Control: max-age=1e12 / -1 / no-store': async () => {
    const lives: [string, number][] = [
      ['max-age=1000000000000', 600],
      ['max-age=1e12', 60],
      ['max-age=-1', 60],
      ['no-store', 60],
      ['public, max-age=300', 300],
      ['max-age=1', 60],
    ]
    for (const [value, life] of lives) {
      server.answer = issuerAnswer(ISSUER, () => jwksOf([key]), { 'cache-control': value })
      clock.advanceSeconds(HOUR)
      await find()
      const before = server.requests.length
      clock.advanceSeconds(Math.floor(life * 0.8) - 1)
      await find()
      expect(server.requests.length, value).toBe(before)
      clock.advanceSeconds(Math.ceil(life * 0.2) + 1)
      await find()
      expect(server.requests.length, value).toBe(before + 2)
    }
  },
  'key removed': async () => {
    await find()
    server.answer = issuerAnswer(ISSUER, () => jwksOf([another]))
    clock.advanceSeconds(10 * MINUTE)
    expect((await failureOf(find())).reason).toBe('unknown-key')
    expect((await find('k2')).key.keyId).toBe('k2')
  },
  'key replaced under same kid': async () => {
    const before = (await find()).key.key
    server.answer = issuerAnswer(ISSUER, () => jwksOf([{ ...another, keyId: 'k1' }]))
    clock.advanceSeconds(10 * MINUTE)
    const after = (await find()).key.key
    expect(after.equals(before)).toBe(false)
    expect(after.equals(another.publicKey)).toBe(true)
  },
  'response for another issuer cached by shared jwks_uri': async () => {
    const other = 'https://other.example' as IssuerUrl
    network.addresses.set('other.example', [PUBLIC_ADDRESS])
    network.ports.set('other.example', server.port)
    await find()
    await expectNotFetched('thumbprint-mismatch', 'neither', find('k1', [], other))
    const pinned = [thumbprintOf(authority.cert)]
    await expectNotFetched('issuer-unreachable', 'untrusted', find('k1', pinned, other))
    await serveWith(await authority.serve([HOST, 'other.example']))
    network.ports.set('other.example', server.port)
    clock.advanceSeconds(HOUR)
    await expectNotFetched('issuer-unreachable', 'bad-discovery', find('k1', [], other))
    expect((await find()).key.keyId).toBe('k1')
  },
}

describe('a hostile issuer', () => {
  it.each(vectors.cases.map(({ id, expect: wanted }) => [id, wanted]))('%s: %s', async (id) => {
    const run = CASES[id!]
    expect(run, 'every case is played').toBeTypeOf('function')
    await run?.()
  })

  it('has no case that is not in the list', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(vectors.cases.map(({ id }) => id).toSorted())
  })
})
