import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TokenError } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import type { IssuerUrl } from '../../standards/oidc/index.ts'
import { SILENT_LOG as silent } from '../host/testing/logs.ts'
import { lifeOf } from './fetch-keys.ts'
import { createJwksSource, type JwksSource } from './jwks-source.ts'
import { systemNetwork } from './network.ts'
import {
  issuerAnswer,
  jwksOf,
  makeAuthority,
  makeKey,
  networkUnderTest,
  PUBLIC_ADDRESS,
  type ServerUnderTest,
  startServer,
} from './testing/issuer-under-test.ts'
import { readTopThumbprint } from './top-thumbprint.ts'

const ISSUER = 'https://issuer.internal/id/1' as IssuerUrl
const key = makeKey('k1')

let server: ServerUnderTest
let thumbprint: string
let authorityCert: string
let clock: ReturnType<typeof fixedClock>

beforeEach(async () => {
  const authority = await makeAuthority()
  authorityCert = authority.cert
  const der = Buffer.from(authority.cert.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  thumbprint = createHash('sha1').update(der).digest('hex')
  server = await startServer(
    await authority.serve(['issuer.internal']),
    issuerAnswer(ISSUER, () => jwksOf([key])),
  )
  clock = fixedClock('2026-03-01T12:00:00Z')
})
afterEach(() => server.close())

/** The machine's own trust store and sockets; the name is at loopback, and port 443 is where the server is. */
const loopback = (dials: string[] = []) => ({
  ...systemNetwork,
  lookup: () => Promise.resolve(['127.0.0.1']),
  connect: ({ address, port }: { address: string; port: number }) => {
    dials.push(`${address}:${port}`)
    return connect({ host: address, port: server.port })
  },
})
const sourceOf = (allowed: readonly string[], dials: string[] = []): JwksSource =>
  createJwksSource({ network: loopback(dials), clock, allowPrivateHosts: new Set(allowed), log: silent })
const refusal = (work: Promise<unknown>): Promise<TokenError> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => failure as TokenError,
  )

describe('an issuer of one’s own, at loopback, with a private authority', () => {
  it('allowed by name and pinned by thumbprint, its keys are found', async () => {
    const dials: string[] = []
    const found = await sourceOf(['issuer.internal'], dials).find({
      issuer: ISSUER,
      thumbprints: [thumbprint],
      keyId: 'k1',
    })
    expect(found.connection).toBe('Thumbprint')
    expect(found.key.key.equals(key.publicKey)).toBe(true)
    expect(new Set(dials)).toEqual(new Set(['127.0.0.1:443']))
  })

  it('not allowed, it is refused before a packet is sent', async () => {
    const dials: string[] = []
    const failure = await refusal(sourceOf([], dials).find({ issuer: ISSUER, thumbprints: [thumbprint], keyId: 'k1' }))
    expect(failure).toMatchObject({ reason: 'issuer-unreachable', message: 'issuer unreachable: forbidden-address' })
    expect(failure.hint).toContain('--allow-private-issuer issuer.internal')
    expect(dials).toEqual([])
  })

  it.each([[[]], [['0'.repeat(40)]]])(
    'allowed but pinned by %o, it is not believed and asked nothing',
    async (thumbprints) => {
      const failure = await refusal(sourceOf(['issuer.internal']).find({ issuer: ISSUER, thumbprints, keyId: 'k1' }))
      expect(failure.reason).toBe('thumbprint-mismatch')
      expect(failure.detail).toContain(thumbprint)
      expect(server.requests).toEqual([])
    },
  )

  it('its thumbprint can be read without believing it', async () => {
    expect(await readTopThumbprint(ISSUER, new Set(['issuer.internal']), loopback())).toBe(thumbprint)
    await expect(readTopThumbprint(ISSUER, new Set(), loopback())).rejects.toMatchObject({
      reason: 'forbidden-address',
    })
    expect(server.requests).toEqual([])
  })
})

describe('keys of an issuer', () => {
  let network: ReturnType<typeof networkUnderTest>
  let source: JwksSource
  const find = (more: Partial<Parameters<JwksSource['find']>[0]> = {}) =>
    source.find({ issuer: ISSUER, thumbprints: [], keyId: 'k1', ...more })
  beforeEach(() => {
    network = networkUnderTest([authorityCert])
    network.addresses.set('issuer.internal', [PUBLIC_ADDRESS])
    network.ports.set('issuer.internal', server.port)
    source = createJwksSource({ network, clock, allowPrivateHosts: new Set(), log: silent })
  })

  it('are fetched once for all who ask at once, and then kept', async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => find()))
    expect(new Set(found.map(({ connection }) => connection))).toEqual(new Set(['IAMTrustStore']))
    await find()
    expect(server.requests).toEqual(['GET /id/1/.well-known/openid-configuration', 'GET /id/1/keys'])
  })

  it('are kept for each set of thumbprints, in whatever order they are given', async () => {
    await find({ thumbprints: ['a'.repeat(40), 'b'.repeat(40)] })
    await find({ thumbprints: ['b'.repeat(40), 'a'.repeat(40)] })
    expect(server.requests).toHaveLength(2)
    await find({ thumbprints: ['a'.repeat(40)] })
    expect(server.requests).toHaveLength(4)
  })

  it('are renewed behind the back of those who ask, when their time is nearly over', async () => {
    await find()
    const usual = server.answer
    let release: () => void = () => undefined
    server.answer = (request, response) => {
      release = () => usual(request, response)
    }
    clock.advanceSeconds(500)
    await find()
    await find()
    await expect.poll(() => server.requests.length).toBe(3)
    server.answer = usual
    release()
    await expect.poll(() => server.requests.length).toBe(4)
    await find()
    expect(server.requests).toHaveLength(4)
  })

  it('of an issuer that hangs are answered at once after the first wait', async () => {
    await find()
    network.ports.set('issuer.internal', 1)
    clock.advanceSeconds(700)
    await find()
    server.answer = () => undefined
    network.ports.set('issuer.internal', server.port)
    clock.advanceSeconds(31)
    const begun = performance.now()
    expect((await find()).key.keyId).toBe('k1')
    expect(performance.now() - begun).toBeLessThan(100)
  })

  it('are asked for again soon after a first failure, then less often', async () => {
    network.ports.delete('issuer.internal')
    const attempts: number[] = []
    for (let second = 0; second < 64; second += 1) {
      const before = network.dials.length
      await refusal(find())
      if (network.dials.length > before) attempts.push(second)
      clock.advanceSeconds(1)
    }
    expect(attempts).toEqual([0, 1, 3, 7, 15, 31, 61])
    network.ports.set('issuer.internal', server.port)
    clock.advanceSeconds(30)
    expect((await find()).key.keyId).toBe('k1')
  })

  it('a clock that is set back stretches no pause and no life', async () => {
    network.ports.delete('issuer.internal')
    await refusal(find())
    network.ports.set('issuer.internal', server.port)
    clock.advanceSeconds(-3600)
    expect((await find()).key.keyId).toBe('k1')
    clock.advanceSeconds(-3600)
    await find()
    expect(server.requests).toHaveLength(4)
  })

  it('a token without key id has a key where there is one', async () => {
    expect((await find({ keyId: '' })).key.keyId).toBe('k1')
    server.answer = issuerAnswer(ISSUER, () => jwksOf([key, makeKey('k2')]))
    clock.advanceSeconds(601)
    await find({ keyId: 'k2' })
    expect((await refusal(find({ keyId: '' }))).reason).toBe('unknown-key')
  })

  it('an address that does not answer does not hide one that does', async () => {
    network.addresses.set('issuer.internal', ['93.184.215.15', PUBLIC_ADDRESS])
    const usual = network.connect
    network.connect = (target) => usual(target.address === PUBLIC_ADDRESS ? target : { ...target, hostname: 'nowhere' })
    expect((await find()).key.keyId).toBe('k1')
    expect(network.dials.slice(0, 2)).toEqual(['93.184.215.15:443', `${PUBLIC_ADDRESS}:443`])
  })
})

describe('the life of keys', () => {
  it.each([
    [undefined, 600],
    ['max-age=300', 300],
    ['PUBLIC, Max-Age=300', 300],
    ['max-age=0', 60],
    ['max-age="300"', 60],
    ['max-age=99999999999999999999', 600],
    ['no-cache, max-age=600', 60],
    ['s-maxage=10', 600],
    ['', 600],
  ])('under `%s` is %d s', (header, life) => {
    expect(lifeOf(header)).toBe(life)
  })
})
