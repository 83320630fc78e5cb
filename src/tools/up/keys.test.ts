import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Region } from '../../core/index.ts'
import { systemRandomness } from '../../io/host/index.ts'
import { dataDirectoryPaths } from '../../io/installation/index.ts'
import { type InstallationKeys, readOrCreateKeys } from './keys.ts'

let made: string
let directory: string

// RSA keys take their time: one installation is made, and every test has its own copy.
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'openirsa-keys-'))
  directory = made
  await start()
})
afterAll(() => rmSync(made, { recursive: true, force: true }))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-keys-'))
  cpSync(made, directory, { recursive: true })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const start = (): Promise<InstallationKeys> =>
  readOrCreateKeys(dataDirectoryPaths(directory), 'eu-west-1' as Region, systemRandomness)
const storeIsThere = (): void => writeFileSync(dataDirectoryPaths(directory).store, '')
const KEY_FILES = ['issuer-keys.json', 'issuer-url', 'realm-id', 'seal-keys.json', 'store-key']

describe('the keys of an installation', () => {
  test('are the same at every start after the first', async () => {
    const first = await start()
    storeIsThere()
    const second = await start()
    expect([second.realmId, second.issuer]).toEqual([first.realmId, first.issuer])
    expect(second.storeKey.reveal()).toEqual(first.storeKey.reveal())
    expect(second.controlToken.reveal()).toBe(first.controlToken.reveal())
    expect(second.issuerKeys.active.keyId).toBe(first.issuerKeys.active.keyId)
  })

  test('are of no other installation', async () => {
    const first = await start()
    rmSync(directory, { recursive: true })
    const second = await start()
    for (const name of ['realmId', 'issuer'] as const) expect(second[name]).not.toBe(first[name])
    expect(second.storeKey.reveal()).not.toEqual(first.storeKey.reveal())
    expect(second.controlToken.reveal()).not.toBe(first.controlToken.reveal())
  })

  test('have an issuer as EKS names them', async () => {
    expect((await start()).issuer).toMatch(/^https:\/\/oidc\.eks\.eu-west-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/)
  })

  test('lie in files that are their owner’s alone', () => {
    const { keys, controlToken } = dataDirectoryPaths(directory)
    expect(readdirSync(keys).sort()).toEqual(KEY_FILES)
    for (const path of [...KEY_FILES.map((name) => join(keys, name)), controlToken])
      expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(keys).mode & 0o777).toBe(0o700)
  })

  test.each(KEY_FILES)('%s that is missing beside a store is told of, and not made anew', async (name) => {
    storeIsThere()
    rmSync(join(dataDirectoryPaths(directory).keys, name))
    await expect(start()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining('is missing') })
    expect(readdirSync(dataDirectoryPaths(directory).keys)).not.toContain(name)
  })

  test.each([...KEY_FILES, '../control-token'])('%s that is empty or cut short opens nothing', async (name) => {
    const path = join(dataDirectoryPaths(directory).keys, name)
    const whole = readFileSync(path, 'utf8')
    // Half of an issuer's URL may be a URL too.
    const cut = name === 'issuer-url' ? whole.slice(0, 7) : whole.slice(0, whole.length / 2)
    for (const text of ['', '\n', cut]) {
      writeFileSync(path, text)
      const failure = (await start().catch((thrown: unknown) => thrown)) as Error
      expect([name, failure.constructor.name]).toEqual([name, 'ConfigError'])
      expect(failure.message).toContain('cannot be read')
      // The issuer's URL is no secret.
      if (name !== 'issuer-url' && text.trim() !== '') expect(failure.message).not.toContain(text.trim())
    }
  })

  test('that others may read are refused', async () => {
    chmodSync(join(dataDirectoryPaths(directory).keys, 'store-key'), 0o644)
    await expect(start()).rejects.toMatchObject({ message: expect.stringContaining('open to others') })
  })
})
