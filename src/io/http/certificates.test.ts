import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { systemRandomness } from '../host/index.ts'
import { type Certificates, ensureCertificates } from './certificates.ts'

const DAY = 24 * 3600
const START = '2026-03-01T12:00:00Z'

let above: string
let directory: string
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'openirsa-tls-'))
  directory = join(above, 'tls')
})
afterEach(() => rmSync(above, { recursive: true, force: true }))

const ensure = (addresses: readonly string[] = [], clock = fixedClock(START)): Promise<Certificates> =>
  ensureCertificates({ directory, addresses, clock, randomness: systemRandomness })
const leafOf = ({ cert }: Certificates): X509Certificate => new X509Certificate(cert)
const authorityOf = ({ caFile }: Certificates): X509Certificate => new X509Certificate(readFileSync(caFile))
const days = (certificate: X509Certificate): number =>
  (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / (DAY * 1000)
const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('certificates', () => {
  it('name loopback and the addresses asked for, however they are written', async () => {
    const leaf = leafOf(await ensure(['192.168.7.4', '2001:DB8:0:0::1', 'fe80::1%eth0', 'Pod.example', '127.0.0.1']))
    for (const ip of ['127.0.0.1', '::1', '192.168.7.4', '2001:db8::1', 'fe80::1'])
      expect(leaf.checkIP(ip), ip).toBe(ip)
    for (const host of ['localhost', 'pod.example']) expect(leaf.checkHost(host), host).toBe(host)
    expect(leaf.checkIP('192.168.7.5')).toBeUndefined()
    expect(leaf.subjectAltName?.match(/127\.0\.0\.1/g)).toHaveLength(1)
  })

  it.each(['*', '*.example', 'a b', '', '1.2.3', '999.1.1.1', '-a.example', `${'a.'.repeat(130)}a`, 'a\n'])(
    'cannot name `%s`',
    async (address) => {
      await expect(ensure([address])).rejects.toThrow(ConfigError)
    },
  )

  it('are of an authority that signs for servers only, on P-256, with lives that clients accept', async () => {
    const made = await ensure()
    const [leaf, authority] = [leafOf(made), authorityOf(made)]
    expect([leaf.ca, authority.ca]).toEqual([false, true])
    expect(leaf.verify(authority.publicKey) && leaf.checkIssued(authority)).toBe(true)
    expect(authority.verify(authority.publicKey)).toBe(true)
    expect([leaf, authority].map(({ publicKey }) => publicKey.asymmetricKeyDetails?.namedCurve)).toEqual([
      'prime256v1',
      'prime256v1',
    ])
    expect([days(leaf), days(authority)]).toEqual([397, 3650])
    expect(Date.parse(leaf.validFrom)).toBe(Date.parse(START) - 3600_000)
    expect(leaf.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
    expect(leaf.serialNumber).not.toBe(authority.serialNumber)
  })

  it('are served whole, and a client that trusts the authority alone accepts them by address and by name', async () => {
    const made = await ensureCertificates({
      directory,
      addresses: [],
      clock: { now: () => Date.now() as never },
      randomness: systemRandomness,
    })
    expect(made.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    const server = createServer({ key: made.key, cert: made.cert }, (_request, response) => void response.end('here'))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const ca = readFileSync(made.caFile)
      for (const host of ['127.0.0.1', 'localhost']) {
        const status = await new Promise((resolve, reject) => {
          const call = request({ host, port, ca, agent: false, family: 4 }, (answer) => {
            answer.resume()
            resolve(answer.statusCode)
          })
          call.on('error', reject)
          call.end()
        })
        expect(status, host).toBe(200)
      }
      const refusal = await new Promise((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername: 'localhost' })
        socket.on('error', (failure: NodeJS.ErrnoException) => resolve(failure.code))
      })
      expect(refusal).toBe('SELF_SIGNED_CERT_IN_CHAIN')
    } finally {
      server.close()
    }
  })

  it('are kept between starts', async () => {
    const first = await ensure(['10.1.2.3'])
    const clock = fixedClock(START)
    clock.advanceSeconds(200 * DAY)
    expect(await ensure(['10.1.2.3'], clock)).toEqual(first)
    expect(await ensure([], clock)).toEqual(first)
  })

  it('the server’s is renewed when two thirds of its life are over, under the same authority', async () => {
    const first = await ensure()
    const clock = fixedClock(START)
    clock.advanceSeconds(265 * DAY)
    const second = await ensure([], clock)
    expect(second.cert).not.toBe(first.cert)
    expect(second.key).not.toBe(first.key)
    expect(leafOf(second).verify(authorityOf(first).publicKey)).toBe(true)
  })

  it('the server’s is made anew when an address is missing, or the clock was set back', async () => {
    const first = await ensure()
    const second = await ensure(['10.1.2.3'])
    expect(leafOf(second).checkIP('10.1.2.3')).toBe('10.1.2.3')
    expect(authorityOf(second).raw).toEqual(authorityOf(first).raw)
    const third = await ensure(['10.1.2.3'], fixedClock('2025-01-01T00:00:00Z'))
    expect(Date.parse(leafOf(third).validFrom)).toBeLessThan(Date.parse('2025-01-01T00:00:00Z'))
  })

  it('the authority’s is renewed too, and never ends before what it signed', async () => {
    const first = authorityOf(await ensure()).raw
    const clock = fixedClock(START)
    clock.advanceSeconds(2400 * DAY)
    const before = await ensure([], clock)
    expect(authorityOf(before).raw).toEqual(first)
    expect(Date.parse(leafOf(before).validTo)).toBeLessThan(Date.parse(authorityOf(before).validTo))
    clock.advanceSeconds(100 * DAY)
    const after = await ensure([], clock)
    expect(authorityOf(after).raw.equals(first)).toBe(false)
    expect(leafOf(after).verify(authorityOf(after).publicKey)).toBe(true)
  })

  it('a public copy of the authority’s that is lost or changed is put right', async () => {
    const { caFile } = await ensure()
    const right = readFileSync(caFile, 'utf8')
    rmSync(caFile)
    await ensure()
    expect(readFileSync(caFile, 'utf8')).toBe(right)
    writeFileSync(caFile, 'another')
    await ensure()
    expect(readFileSync(caFile, 'utf8')).toBe(right)
  })

  it('keys lie in private files of a private directory, the authority’s certificate may be read', async () => {
    const { caFile } = await ensure()
    expect(modeOf(directory)).toBe(0o700)
    expect(modeOf(join(directory, 'authority.pem'))).toBe(0o600)
    expect(modeOf(join(directory, 'server.pem'))).toBe(0o600)
    expect(modeOf(caFile)).toBe(0o644)
    expect(readFileSync(caFile, 'utf8')).not.toContain('PRIVATE')
  })

  it.each(['authority.pem', 'server.pem'])('%s open to others is refused', async (name) => {
    await ensure()
    chmodSync(join(directory, name), 0o640)
    await expect(ensure()).rejects.toThrow(/open to others: mode 0640/)
  })

  it('a directory open to others is refused', async () => {
    await ensure()
    chmodSync(directory, 0o755)
    await expect(ensure()).rejects.toThrow(/open to others: mode 0755/)
  })

  it.each(['authority.pem', 'server.pem'])('%s that is damaged is told, and nothing of it', async (name) => {
    const { key } = await ensure()
    const path = join(directory, name)
    const text = readFileSync(path, 'utf8')
    for (const damaged of ['', text.slice(0, 90), text.slice(0, -90), text.replace(/KEY-----\n.{20}/, 'KEY-----\n')]) {
      writeFileSync(path, damaged)
      const failure = (await ensure().catch((thrown: unknown) => thrown)) as ConfigError
      expect(failure).toBeInstanceOf(ConfigError)
      expect(failure.message).toBe(`\`${path}\` is damaged: expected a private key and its certificate`)
      expect(JSON.stringify({ ...failure, cause: failure.cause })).not.toContain(key.split('\n')[1])
    }
  })

  it('a key of another certificate is damage', async () => {
    await ensure()
    const [authority, server] = ['authority.pem', 'server.pem'].map((name) =>
      readFileSync(join(directory, name), 'utf8'),
    )
    const cut = (text: string) => text.indexOf('-----BEGIN CERTIFICATE')
    writeFileSync(join(directory, 'server.pem'), authority!.slice(0, cut(authority!)) + server!.slice(cut(server!)))
    await expect(ensure()).rejects.toThrow(/is damaged/)
  })
})
