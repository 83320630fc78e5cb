import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '../../core/index.ts'

const PRIVATE_DIRECTORY = 0o700
const PRIVATE_FILE = 0o600
/** Whatever group or others may do. */
const OPEN_TO_OTHERS = 0o077

/**
 * Makes the directory, and those above it, for its owner alone (0700); one that is there already must be so.
 * @throws ConfigError when others may enter it, it belongs to somebody else, is no directory, or cannot be made
 */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY })
  } catch (cause) {
    throw cannot('be made', 'directory', path, cause)
  }
  const found = await stat(path)
  if (!found.isDirectory()) {
    throw new ConfigError(`\`${path}\` is not a directory`, { hint: 'name another --data-dir' })
  }
  refuseOpen(path, found, 'directory')
}

/** @throws ConfigError when the file is missing, open to others or somebody else's */
export async function checkPrivateFile(path: string): Promise<void> {
  try {
    refuseOpen(path, await stat(path), 'file')
  } catch (cause) {
    throw cannot('be read', 'file', path, cause)
  }
}

/**
 * Reads a text file that must belong to its owner alone.
 * @throws ConfigError when it is missing, open to others, somebody else's, or cannot be read
 */
export async function readPrivateFile(path: string): Promise<string> {
  return withFile(path, 'r', async (file) => {
    // The open file is judged, not the name: nobody can put another in its place in between.
    refuseOpen(path, await file.stat(), 'file')
    return file.readFile('utf8')
  }).catch((cause: unknown) => {
    throw cannot('be read', 'file', path, cause)
  })
}

export interface WriteOptions {
  /** 0600 unless told; 0644 is for what is public, such as a CA certificate. */
  readonly mode?: number
}

/**
 * Writes a text file in one step: a reader sees the old text or the new one, also after a power failure.
 * @throws ConfigError when it cannot be written
 */
export async function writePrivateFile(path: string, text: string, options: WriteOptions = {}): Promise<void> {
  try {
    const aside = await writeAside(path, text, options.mode ?? PRIVATE_FILE)
    try {
      await rename(aside, path)
    } catch (failure) {
      await rm(aside, { force: true })
      throw failure
    }
    await syncDirectory(dirname(path))
  } catch (cause) {
    throw cannot('be written', 'file', path, cause)
  }
}

/**
 * The text of the file; when there is none, `create` says what it shall be. Of several that create at once, all get the same text.
 * @throws ConfigError as reading and writing do
 */
export async function readOrCreatePrivateFile(path: string, create: () => string): Promise<string> {
  if (await exists(path)) return readPrivateFile(path)
  try {
    const aside = await writeAside(path, create(), PRIVATE_FILE)
    try {
      // `link` either makes the name or fails: the first one stays.
      await link(aside, path)
      await syncDirectory(dirname(path))
    } catch (failure) {
      if (!isErrno(failure, 'EEXIST')) throw failure
    } finally {
      await rm(aside, { force: true })
    }
  } catch (cause) {
    throw cannot('be written', 'file', path, cause)
  }
  return readPrivateFile(path)
}

async function writeAside(path: string, text: string, mode: number): Promise<string> {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await withFile(
      aside,
      'wx',
      async (file) => {
        await file.writeFile(text)
        // The umask may have taken bits away, which a public file needs.
        await file.chmod(mode)
        await file.sync()
      },
      mode,
    )
  } catch (failure) {
    await rm(aside, { force: true })
    throw failure
  }
  return aside
}

async function withFile<T>(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<T>,
  mode?: number,
): Promise<T> {
  const file = await open(path, flags, mode)
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

/** A rename is durable when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and needs no such sync.
  if (process.platform === 'win32') return
  await withFile(path, 'r', (directory) => directory.sync())
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (failure) {
    if (isErrno(failure, 'ENOENT')) return false
    throw cannot('be read', 'file', path, failure)
  }
}

function refuseOpen(path: string, found: Stats, what: 'file' | 'directory'): void {
  const self = process.getuid?.()
  // Windows has neither owners nor modes of this kind; the profile's own protection has to do there.
  if (self === undefined) return
  if (found.uid !== self) {
    throw new ConfigError(`the ${what} \`${path}\` belongs to user ${found.uid}, expected user ${self}`, {
      hint: `run as that user, or give it back with \`chown ${self} ${path}\``,
    })
  }
  const mode = found.mode & 0o777
  if ((mode & OPEN_TO_OTHERS) === 0) return
  const wanted = (what === 'file' ? PRIVATE_FILE : PRIVATE_DIRECTORY).toString(8)
  throw new ConfigError(`the ${what} \`${path}\` is open to others: mode ${octal(mode)}, expected 0${wanted}`, {
    hint: `close it with \`chmod ${wanted} ${path}\`, and replace the keys in it if others may have read them`,
  })
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`

function isErrno(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code
}

const CAUSES: ReadonlyMap<string, readonly [why: string, hint: string]> = new Map([
  ['ENOENT', ['it does not exist', 'restore it from a backup, or name another path']],
  ['EACCES', ['permission denied', 'give your user access to it, or name another path']],
  ['EPERM', ['permission denied', 'give your user access to it, or name another path']],
  ['ENOTDIR', ['a part of the path is a file', 'name another path']],
  ['EEXIST', ['a file has that name', 'name another path']],
  ['EISDIR', ['it is a directory', 'name another path']],
  ['ENOSPC', ['the disk is full', 'free some space']],
  ['EROFS', ['the file system is read-only', 'name another path']],
])

function cannot(verb: string, what: string, path: string, cause: unknown): ConfigError {
  if (cause instanceof ConfigError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const [why, hint] = CAUSES.get(code) ?? [`the system says ${code}`, 'name another path']
  return new ConfigError(`the ${what} \`${path}\` cannot ${verb}: ${why}`, { hint, cause })
}
