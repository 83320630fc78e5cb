import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfigFile } from './file.ts'

describe('the configuration file', () => {
  let folder: string
  const place = () => ({ workingDirectory: join(folder, 'work'), configHome: join(folder, 'home') })
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openirsa-config-'))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is optional', async () => {
    expect(await readConfigFile(undefined, place())).toEqual({ keys: {} })
  })

  test('is the one that is named, else the one that lies here, else the user’s own', async () => {
    const own = write('home/openirsa/config.yaml', 'port: 3')
    expect(await readConfigFile(undefined, place())).toEqual({ keys: { port: 3 }, fileName: own })
    const here = write('work/openirsa.yaml', 'port: 2')
    expect(await readConfigFile(undefined, place())).toEqual({ keys: { port: 2 }, fileName: here })
    const named = write('named.yaml', 'port: 1')
    expect(await readConfigFile(named, place())).toEqual({ keys: { port: 1 }, fileName: named })
  })

  test('may be empty', async () => {
    const fileName = write('named.yaml', '# nothing yet\n')
    expect(await readConfigFile(fileName, place())).toEqual({ keys: {}, fileName })
  })

  test('that was named and is not there is refused', async () => {
    const missing = join(folder, 'missing.yaml')
    await expect(readConfigFile(missing, place())).rejects.toThrow(
      `the configuration file \`${missing}\` cannot be read: ENOENT`,
    )
  })

  test.each([
    ['port: [1', 'is not YAML: '],
    ['- port', 'must hold keys and values'],
    ['just words', 'must hold keys and values'],
    ['port: 1\nport: 2', 'is not YAML: Map keys must be unique'],
  ])('%j is refused', async (text, message) => {
    await expect(readConfigFile(write('named.yaml', text), place())).rejects.toThrow(message)
  })
})
