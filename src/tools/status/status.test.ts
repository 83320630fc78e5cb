import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPages, type PagesUnderTest } from '../up/testing/pages-under-test.ts'
import { readStatus, resetInstallation, stopInstallation } from './status.ts'

let pages: PagesUnderTest
let stopped: string

beforeEach(async () => {
  pages = await openPages()
  stopped = mkdtempSync(join(tmpdir(), 'openirsa-test-'))
})
afterEach(async () => {
  rmSync(stopped, { recursive: true, force: true })
  await pages.close()
})

describe('status', () => {
  test('says running while a living process holds the data directory', async () => {
    expect(await readStatus(pages.dataDirectory)).toMatchObject({
      state: 'running',
      facts: { endpoint: pages.endpoint },
    })
  })

  test('says stopped when its lock is of a process that is gone', async () => {
    writeFileSync(join(stopped, 'installation.json'), '{}', { mode: 0o600 })
    writeFileSync(join(stopped, 'up.lock'), '{"pid":4194305}', { mode: 0o600 })
    expect(await readStatus(stopped)).toMatchObject({ state: 'stopped' })
    expect(await stopInstallation(stopped)).toBe(false)
  })

  test('is refused where there never was an installation', async () => {
    await expect(readStatus(stopped)).rejects.toMatchObject({ code: 'CONFIG' })
    await expect(stopInstallation(stopped)).rejects.toMatchObject({ code: 'CONFIG' })
  })
})

describe('reset', () => {
  const files = [
    'installation.json',
    'store.sqlite',
    'store.sqlite-wal',
    'administrators.json',
    'administrators.json.1f.tmp',
    'control-token',
    'up.log',
  ]

  test('removes everything of a stopped installation, half-written files too, and its directory', () => {
    for (const name of files) writeFileSync(join(stopped, name), 'x')
    for (const name of ['keys', 'tls', 'objects']) mkdirSync(join(stopped, name))
    writeFileSync(join(stopped, 'keys', 'store-key'), 'x')
    resetInstallation(stopped)
    expect(existsSync(stopped)).toBe(false)
  })

  test('leaves what is not of an installation', () => {
    for (const name of [...files, 'thesis.odt']) writeFileSync(join(stopped, name), 'x')
    resetInstallation(stopped)
    expect(readdirSync(stopped)).toEqual(['thesis.odt'])
  })

  test('is the way out of unreadable facts', () => {
    writeFileSync(join(stopped, 'installation.json'), '{"cut sho')
    resetInstallation(stopped)
    expect(existsSync(stopped)).toBe(false)
  })

  test('touches nothing where there is no installation, or a running one', () => {
    writeFileSync(join(stopped, 'thesis.odt'), 'x')
    expect(() => resetInstallation(stopped)).toThrow(/there is no installation/)
    expect(() => resetInstallation(pages.dataDirectory)).toThrow(/is running/)
    expect(existsSync(join(pages.dataDirectory, 'installation.json'))).toBe(true)
  })
})
