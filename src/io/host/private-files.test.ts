import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import {
  checkPrivateFile,
  ensurePrivateDirectory,
  readOrCreatePrivateFile,
  readPrivateFile,
  writePrivateFile,
} from './private-files.ts'

let directory: string
let path: string
let umask: number
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-files-'))
  path = join(directory, 'key')
  // The loosest there is: what is private is so by itself.
  umask = process.umask(0)
})
afterEach(() => {
  process.umask(umask)
  rmSync(directory, { recursive: true, force: true })
})
const modeOf = (of: string): number => statSync(of).mode & 0o777
const failureOf = (work: Promise<unknown>): Promise<ConfigError> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => failure as ConfigError,
  )

describe('a private file', () => {
  it('is its owner’s alone, whatever the umask, and is read as it was written', async () => {
    for (const mask of [0, 0o077, 0o777]) {
      process.umask(mask)
      await writePrivateFile(path, 'ä\n')
      expect(modeOf(path)).toBe(0o600)
    }
    expect(await readPrivateFile(path)).toBe('ä\n')
  })

  it('may be public when told so, whatever the umask', async () => {
    process.umask(0o077)
    await writePrivateFile(path, 'x', { mode: 0o644 })
    expect(modeOf(path)).toBe(0o644)
  })

  it('is replaced in one step: a reader sees the old text or the new one, and nothing is left beside it', async () => {
    const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)]
    await writePrivateFile(path, texts[0]!)
    let isWriting = true
    const seen = new Set<string>()
    const reading = (async () => {
      while (isWriting) seen.add(await readPrivateFile(path))
    })()
    for (let at = 0; at < 20; at += 1) await writePrivateFile(path, texts[at % 2]!)
    isWriting = false
    await reading
    expect([...seen].every((text) => texts.includes(text))).toBe(true)
    expect(readdirSync(directory)).toEqual(['key'])
  })

  it('of which others may read, write or only know the group is refused', async () => {
    writeFileSync(path, 'secret')
    for (const mode of [0o604, 0o640, 0o602, 0o610, 0o644, 0o777]) {
      chmodSync(path, mode)
      const works = [readPrivateFile, checkPrivateFile, (of: string) => readOrCreatePrivateFile(of, () => 'x')]
      for (const work of works) {
        const failure = await failureOf(work(path))
        expect(failure).toBeInstanceOf(ConfigError)
        expect(failure.message).toBe(`the file \`${path}\` is open to others: mode 0${mode.toString(8)}, expected 0600`)
        expect(failure.hint).toContain(`chmod 600 ${path}`)
      }
    }
    chmodSync(path, 0o400)
    expect(await readPrivateFile(path)).toBe('secret')
  })

  it('that is missing, or a directory, is told in one line with the way out', async () => {
    expect((await failureOf(readPrivateFile(path))).message).toBe(
      `the file \`${path}\` cannot be read: it does not exist`,
    )
    expect((await failureOf(checkPrivateFile(path))).message).toContain('it does not exist')
    mkdirSync(path, { mode: 0o700 })
    expect((await failureOf(readPrivateFile(path))).message).toContain('it is a directory')
    expect((await failureOf(writePrivateFile(path, 'x'))).message).toMatch(
      /cannot be written: (it is a directory|a file has that name)/,
    )
    expect((await failureOf(writePrivateFile(join(directory, 'none/x'), 'x'))).message).toContain('it does not exist')
    expect(readdirSync(directory)).toEqual(['key'])
  })

  it('is made by one of many that make it at once, and all get its text', async () => {
    const texts = await Promise.all(
      Array.from({ length: 20 }, (_, at) => readOrCreatePrivateFile(path, () => `text ${at}`)),
    )
    expect(new Set(texts)).toEqual(new Set([readFileSync(path, 'utf8')]))
    expect(modeOf(path)).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['key'])
  })
})

describe('a private directory', () => {
  it('is made for its owner alone, with those above it', async () => {
    const deep = join(directory, 'a/b/c')
    await ensurePrivateDirectory(deep)
    await ensurePrivateDirectory(deep)
    for (const one of ['a', 'a/b', 'a/b/c']) expect(modeOf(join(directory, one))).toBe(0o700)
  })

  it('that others may enter is refused, also behind a link', async () => {
    const open = join(directory, 'open')
    mkdirSync(open, { mode: 0o755 })
    symlinkSync(open, join(directory, 'link'))
    for (const one of ['open', 'link']) {
      const failure = await failureOf(ensurePrivateDirectory(join(directory, one)))
      expect(failure.message).toContain('is open to others: mode 0755, expected 0700')
    }
  })

  it('where a file is in its place, it is told', async () => {
    writeFileSync(path, '')
    expect((await failureOf(ensurePrivateDirectory(path))).message).toMatch(/a file has that name|is not a directory/)
    expect((await failureOf(ensurePrivateDirectory(join(path, 'x')))).message).toContain('a part of the path is a file')
    expect(existsSync(join(path, 'x'))).toBe(false)
  })
})
