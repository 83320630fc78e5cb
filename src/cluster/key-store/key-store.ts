import { existsSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from '../../io/host/index.ts'
import { type Lock, takeLock } from '../../io/installation/index.ts'
import type { SigningKey } from '../../standards/oidc/index.ts'
import { parseSigningKey, renderSigningKey } from '../issuer/index.ts'
import { renderApiServerFiles } from './api-server-files.ts'
import { KeyStoreError } from './errors.ts'
import type { IssuerState, SignerReport, StoredKey } from './model.ts'
import { parseIssuerState, parseSignerReport, renderIssuerState, renderSignerReport } from './state-file.ts'

/**
 * The directory of an issuer (0700): `issuer.json`, private keys in `keys/`, what signers say in `signers/`, and in files mode what
 * kube-apiserver reads. Every file is replaced whole and synced; after a crash at any place, the next step finds the old state or the new.
 */
export interface KeyStore {
  readonly directory: string
  /** @throws KeyStoreError, ConfigError when it is missing, damaged or open to others */
  read(): Promise<IssuerState>
  /** Another text whenever the state was written: cheaper than reading it. */
  readVersion(): Promise<string>
  /** Changes the state under the directory's lock; what `change` returns is durable when this resolves. */
  update(change: (state: IssuerState) => IssuerState | Promise<IssuerState>): Promise<IssuerState>
  /** The private half of one of the keys. @throws KeyStoreError when it is not here */
  readSigningKey(keyId: string): Promise<SigningKey>
  /** Keeps a private key: before the state that names it is kept. */
  writeSigningKey(key: SigningKey): Promise<void>
  /** What every signer says, by instance. */
  readReports(): Promise<readonly SignerReport[]>
  writeReport(report: SignerReport): Promise<void>
  /** @returns whether there was one */
  removeReport(instance: string): Promise<boolean>
}

const STATE_FILE = 'issuer.json'
const KEYS = 'keys'
const SIGNERS = 'signers'
const LOCK = 'lock'

/** The store in a directory that `createKeyStore` made. Nothing is read yet. */
export function openKeyStore(directory: string): KeyStore {
  const stateFile = join(directory, STATE_FILE)
  const keyFile = (keyId: string): string => join(directory, KEYS, `${keyId}.pem`)
  const read = async (): Promise<IssuerState> => {
    if (!existsSync(stateFile)) {
      throw new KeyStoreError(`there is no issuer in \`${directory}\``, {
        hint: 'make one with `openirsa issuer init`, or name its directory with --dir',
      })
    }
    return parseIssuerState(await readPrivateFile(stateFile), stateFile)
  }
  const store: KeyStore = {
    directory,
    read,
    readVersion: async () => {
      const { mtimeMs, ino, size } = await stat(stateFile)
      return `${mtimeMs} ${ino} ${size}`
    },
    update: (change) =>
      withLock(directory, async () => {
        const before = await read()
        const after = await change(before)
        if (after !== before) await writePrivateFile(stateFile, renderIssuerState(after))
        await settle(store, after)
        return after
      }),
    readSigningKey: async (keyId) => {
      const path = keyFile(keyId)
      if (!existsSync(path))
        throw new KeyStoreError(`the private key \`${path}\` is missing`, { hint: 'restore it from a backup' })
      const key = parseSigningKey(await readPrivateFile(path))
      if (key.keyId !== keyId)
        throw new KeyStoreError(`\`${path}\` is the key \`${key.keyId}\``, { hint: 'restore it from a backup' })
      return key
    },
    writeSigningKey: (key) => writePrivateFile(keyFile(key.keyId), renderSigningKey(key)),
    readReports: () => readReports(join(directory, SIGNERS)),
    writeReport: (report) => writePrivateFile(reportFile(directory, report.instance), renderSignerReport(report)),
    removeReport: async (instance) => {
      const path = reportFile(directory, instance)
      const isThere = existsSync(path)
      await rm(path, { force: true })
      return isThere
    },
  }
  return store
}

/**
 * Makes the directory and what it begins with, or finds that it is there.
 * @param begin is asked only when there is no issuer yet; it says the state and the private keys that belong to it
 */
export async function createKeyStore(
  directory: string,
  begin: () => Promise<{ readonly state: IssuerState; readonly keys: readonly SigningKey[] }>,
): Promise<{ readonly store: KeyStore; readonly isNew: boolean }> {
  for (const path of [directory, join(directory, KEYS), join(directory, SIGNERS)]) await ensurePrivateDirectory(path)
  const store = openKeyStore(directory)
  const stateFile = join(directory, STATE_FILE)
  return withLock(directory, async () => {
    if (existsSync(stateFile)) return { store, isNew: false }
    const { state, keys } = await begin()
    for (const key of keys) await store.writeSigningKey(key)
    await writePrivateFile(stateFile, renderIssuerState(state))
    await settle(store, state)
    return { store, isNew: true }
  })
}

/** Clears away private keys that nothing names (a crash, a retired key), and renews what kube-apiserver reads. */
async function settle(store: KeyStore, state: IssuerState): Promise<void> {
  const directory = join(store.directory, KEYS)
  const wanted = new Set(state.keys.map(({ keyId }) => `${keyId}.pem`))
  for (const name of await readdir(directory))
    if (name.endsWith('.tmp') || (name.endsWith('.pem') && !wanted.has(name)))
      await rm(join(directory, name), { force: true })
  if (state.mode === 'files') await writeApiServerFiles(store, state)
}

async function writeApiServerFiles(store: KeyStore, state: IssuerState): Promise<void> {
  const active = state.keys.find(({ state: part }: StoredKey) => part === 'active')
  if (active === undefined) return
  const files = renderApiServerFiles(state, await store.readSigningKey(active.keyId))
  for (const [name, text] of Object.entries(files)) {
    const path = join(store.directory, name)
    if (existsSync(path) && (await readPrivateFile(path)) === text) continue
    await writePrivateFile(path, text)
  }
}

const reportFile = (directory: string, instance: string): string => join(directory, SIGNERS, `${instance}.json`)

async function readReports(directory: string): Promise<readonly SignerReport[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    names.map(async (name) => parseSignerReport(await readPrivateFile(join(directory, name)), join(directory, name))),
  )
}

const LOCK_TRIES = 50
const LOCK_PAUSE_MILLISECONDS = 100

/** One change at a time, also of several processes; each is short, so that it is waited for. */
async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(join(directory, LOCK))
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function waitForLock(path: string): Promise<Lock> {
  for (let tried = 1; ; tried += 1) {
    try {
      return takeLock(path)
    } catch (cause) {
      if (!(cause instanceof ConfigError)) throw lockFailure(path, cause)
      if (tried === LOCK_TRIES)
        throw new KeyStoreError(`\`${path}\` is held by another process for 5 s now`, {
          cause,
          hint: 'let it finish, and try again',
        })
      await sleep(LOCK_PAUSE_MILLISECONDS)
    }
  }
}

function lockFailure(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOENT')
    return new KeyStoreError(`there is no issuer in the directory of \`${path}\``, {
      cause,
      hint: 'name its directory with --dir',
    })
  if (code === 'EACCES' || code === 'EROFS')
    return new KeyStoreError(`\`${path}\` cannot be made: permission denied`, {
      cause,
      hint: 'run as the owner of the directory',
    })
  return cause
}
