import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateSigningKey } from '../../cluster/issuer/index.ts'
import { openKeyStore, type SignerReport } from '../../cluster/key-store/index.ts'
import { type Instant, instant, plusSeconds, seconds } from '../../core/index.ts'
import { parseJwkSet } from '../../standards/oidc/index.ts'
import { initIssuer, publishIssuer } from '../issuer/index.ts'
import { listKeys, type RotateOptions, retireKeys, rotateKeys } from './index.ts'

const START = instant(Date.parse('2026-03-01T00:00:00Z'))
const HOUR = 3600
let root: string
let directory: string
let site: string
let now: Instant
const host = { clock: { now: () => now } }
const pass = (count: number): void => {
  now = plusSeconds(now, seconds(count))
}

beforeEach(async () => {
  now = START
  root = mkdtempSync(join(tmpdir(), 'keys-'))
  directory = join(root, 'issuer')
  site = join(root, 'site')
})
afterEach(() => {
  if (existsSync(site)) chmodSync(site, 0o755)
  rmSync(root, { recursive: true, force: true })
})

async function begin(mode: 'signer' | 'files' = 'signer'): Promise<void> {
  await initIssuer(
    { directory, issuer: 'https://oidc.example.com/c', keyType: 'ec', mode, stsCacheSeconds: seconds(HOUR) },
    host,
  )
  await publishIssuer({ directory, to: [`dir:${site}`] }, host)
}

const rotate = (more: Partial<RotateOptions> = {}) =>
  rotateKeys({ directory, force: false, dryRun: false, restarted: false, ...more }, host)
const retire = (keyIds: readonly string[] = [], force = false) =>
  retireKeys({ directory, keyIds, force, dryRun: false }, host)
const states = async () => (await listKeys(directory, host)).keys.map(({ state }) => state)
const publishedIds = () => [...parseJwkSet(readFileSync(join(site, 'keys.json'))).keys.keys()]
const report = (more: Partial<SignerReport>): Promise<void> =>
  openKeyStore(directory).writeReport({
    instance: 'a',
    reportedAt: now,
    askedAt: now,
    known: new Map(),
    signedUntil: new Map(),
    ...more,
  })

describe('a rotation', () => {
  test('adds, publishes, waits, activates, waits, retires; both times are said before', async () => {
    await begin()
    const added = await rotate()
    expect(added).toMatchObject({ step: 'add', published: [`dir:${site}`] })
    expect(publishedIds()).toHaveLength(2)
    const waiting = await rotate()
    expect(waiting).toMatchObject({ step: 'wait', keyId: added.keyId, opensAt: plusSeconds(START, seconds(HOUR)) })
    expect((await listKeys(directory, host)).keys[1]).toMatchObject({
      state: 'next',
      signsFrom: plusSeconds(START, seconds(HOUR)),
    })
    pass(HOUR)
    expect(await rotate()).toMatchObject({ step: 'activate', keyId: added.keyId })
    expect(await states()).toEqual(['retiring', 'active'])
    const until = plusSeconds(now, seconds(24 * HOUR + 300))
    expect((await listKeys(directory, host)).keys[0]).toMatchObject({ retiresAt: until })
    expect(await retire()).toMatchObject({ retired: [], kept: [{ opensAt: until }] })
    pass(24 * HOUR + 300)
    expect((await retire()).published).toEqual([`dir:${site}`])
    expect(await states()).toEqual(['active'])
    expect(publishedIds()).toEqual([added.keyId])
    expect(readdirSync(join(directory, 'keys'))).toEqual([`${added.keyId}.pem`])
  })

  test('goes on after a publication that failed, without a second key', async () => {
    await begin()
    writeFileSync(
      join(site, 'keys.json'),
      JSON.stringify({ keys: [generateSigningKey('ES256').publicKey.export({ format: 'jwk' })] }),
    )
    await expect(rotate()).rejects.toThrow('CRITICAL')
    await expect(rotate()).rejects.toThrow('CRITICAL')
    expect(await states()).toEqual(['active', 'next'])
    pass(100 * HOUR)
    await expect(rotate()).rejects.toThrow('CRITICAL')
    rmSync(join(site, 'keys.json'))
    expect((await rotate()).step).toBe('wait')
    expect(publishedIds()).toHaveLength(2)
    pass(HOUR)
    expect((await rotate()).step).toBe('activate')
  })

  test('takes a retired key out of the JWKS also when that failed the first time', async () => {
    await begin()
    await rotate()
    pass(HOUR)
    await rotate()
    pass(25 * HOUR)
    const whole = readFileSync(join(site, 'keys.json'), 'utf8')
    writeFileSync(join(site, 'keys.json'), JSON.stringify({ keys: [{ kty: 'oct', k: 'x' }] }))
    await expect(retire()).rejects.toThrow('CRITICAL')
    expect(await states()).toEqual(['active'])
    writeFileSync(join(site, 'keys.json'), whole)
    expect((await retire()).published).toEqual([`dir:${site}`])
    expect(publishedIds()).toHaveLength(1)
  })

  test('waits for a signer until it knows the key, or is given up', async () => {
    await begin()
    await report({ known: new Map() })
    const { keyId = '' } = await rotate()
    pass(100 * HOUR)
    expect(await rotate()).toMatchObject({ step: 'wait', opensAt: undefined, closed: [{ name: 'signers' }] })
    await expect(rotate({ forgetSigner: 'nobody' })).rejects.toThrow('there is no signer `nobody`')
    expect(await rotate({ forgetSigner: 'a' })).toMatchObject({ step: 'activate', keyId })
  })

  test('keeps a key as long as a forgotten signer’s tokens live', async () => {
    await begin()
    const [first] = (await listKeys(directory, host)).keys
    const until = plusSeconds(START, seconds(500 * HOUR))
    await report({ signedUntil: new Map([[first?.keyId ?? '', until]]) })
    await rotate()
    pass(HOUR)
    await rotate({ forgetSigner: 'a' })
    expect((await listKeys(directory, host)).keys[0]?.retiresAt).toBe(plusSeconds(until, seconds(300)))
  })

  test('by force says what it goes past; unpublished it does not go', async () => {
    await begin()
    await rotate()
    expect(await rotate({ force: true })).toMatchObject({ step: 'activate', closed: [{ name: 'caches' }] })
    const store = openKeyStore(directory)
    await rotate()
    await store.update((state) => ({
      ...state,
      publications: [{ ...state.publications[0]!, since: new Map(), target: 'https://127.0.0.1:1' }],
    }))
    await expect(rotate({ force: true })).rejects.toThrow('not published at https://127.0.0.1:1')
  })

  test('tried dry changes nothing', async () => {
    await begin()
    const before = readFileSync(join(directory, 'issuer.json'), 'utf8')
    expect(await rotate({ dryRun: true })).toMatchObject({ step: 'add' })
    expect(await retireKeys({ directory, keyIds: [], force: false, dryRun: true }, host)).toMatchObject({ retired: [] })
    expect(readFileSync(join(directory, 'issuer.json'), 'utf8')).toBe(before)
  })

  test('is refused by a clock that is before what is written', async () => {
    await begin()
    now = plusSeconds(START, seconds(-HOUR))
    await expect(rotate()).rejects.toMatchObject({
      message: expect.stringContaining('the clock'),
      hint: expect.any(String),
    })
    await expect(retire()).rejects.toThrow('the clock')
  })

  test('of a key that there is not, or that signs, is refused', async () => {
    await begin()
    const [active] = (await listKeys(directory, host)).keys
    await expect(retire(['nobody'])).rejects.toThrow('there is no key `nobody`')
    await expect(retire([active?.keyId ?? ''], true)).rejects.toThrow('the active key cannot be retired')
  })
})

describe('a rotation with key files', () => {
  test('waits after each step until somebody says that every kube-apiserver was restarted', async () => {
    await begin('files')
    const verification = () => readFileSync(join(directory, 'verification.pub'), 'utf8').match(/BEGIN/g)?.length
    const { keyId } = await rotate()
    expect(verification()).toBe(2)
    pass(100 * HOUR)
    expect(await rotate()).toMatchObject({ step: 'wait', closed: [{ name: 'signers', opensAt: undefined }] })
    expect(await rotate({ restarted: true })).toMatchObject({ step: 'wait', opensAt: plusSeconds(now, seconds(300)) })
    pass(300)
    const before = readFileSync(join(directory, 'signing.key'), 'utf8')
    expect(await rotate()).toMatchObject({ step: 'activate', keyId })
    expect(readFileSync(join(directory, 'signing.key'), 'utf8')).not.toBe(before)
    pass(1000 * 24 * HOUR)
    expect((await retire()).kept).toMatchObject([{ opensAt: undefined }])
    expect(await rotate({ restarted: true })).toMatchObject({ step: 'noted' })
    const [old] = (await listKeys(directory, host)).keys
    expect(old?.retiresAt).toBe(plusSeconds(now, seconds(365 * 24 * HOUR + 300)))
  })

  test('is not for signers', async () => {
    await begin()
    await expect(rotate({ restarted: true })).rejects.toThrow('a signer reports by itself')
  })
})
