import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createSealKeyRing, readSealKeyRing, renderSealKeyRing, type SealKeyRing } from '../../cloud/session/index.ts'
import { createKeyRing, type KeyRing, parseKeyRing, renderKeyRing } from '../../cluster/issuer/index.ts'
import { ConfigError, dnsSuffixOf, partitionOf, type Randomness, type Region, Secret } from '../../core/index.ts'
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from '../../io/host/index.ts'
import type { DataDirectoryPaths } from '../../io/installation/index.ts'
import { type IssuerUrl, parseIssuerUrl } from '../../standards/oidc/index.ts'

/** Everything secret that an installation is made of; made at its first start, read at every other. */
export interface InstallationKeys {
  /** UUID of this installation: session tokens of another are not opened, whatever its keys. */
  readonly realmId: string
  /** URL of the local cluster's issuer, fixed at the first start. */
  readonly issuer: IssuerUrl
  readonly issuerKeys: KeyRing
  /** Seals session tokens. */
  readonly sealRing: SealKeyRing
  /** 32 bytes; seals access key secrets in the store. */
  readonly storeKey: Secret<Uint8Array>
  /** Opens the installation's own API. */
  readonly controlToken: Secret
}

/** @throws ConfigError when a key file cannot be read, or one is missing among others that are there */
export async function readOrCreateKeys(
  paths: DataDirectoryPaths,
  region: Region,
  randomness: Randomness,
): Promise<InstallationKeys> {
  await ensurePrivateDirectory(paths.keys)
  // A key that is missing beside a store that needs it is a loss to be told of, never one to be papered over with a new key.
  const mayCreate = !existsSync(paths.store)
  const key = <T>(name: string, file: Omit<KeyFile<T>, 'path' | 'mayCreate'>): Promise<T> =>
    readOrCreate({ ...file, path: join(paths.keys, name), mayCreate })
  return {
    realmId: await key('realm-id', { create: () => randomness.uuid(), parse: parseRealmId }),
    issuer: await key('issuer-url', { create: () => issuerUrlOf(region, randomness), parse: parseIssuerUrl }),
    issuerKeys: await key('issuer-keys.json', { create: () => renderKeyRing(createKeyRing()), parse: parseKeyRing }),
    sealRing: await key('seal-keys.json', {
      create: () => renderSealKeyRing(createSealKeyRing(randomness)),
      parse: readSealKeyRing,
    }),
    storeKey: await key('store-key', {
      create: () => freshKey(randomness),
      parse: (text) => new Secret<Uint8Array>(parseKey(text)),
    }),
    // Nothing is lost with this one: it may be made anew at any start.
    controlToken: await readOrCreate({
      path: paths.controlToken,
      mayCreate: true,
      create: () => freshKey(randomness),
      parse: (text) => new Secret(parseKey(text).toString('base64url')),
    }),
  }
}

interface KeyFile<T> {
  readonly path: string
  readonly mayCreate: boolean
  readonly create: () => string
  /** Throws for a text that is cut short or not of its kind; the message holds nothing of it. */
  readonly parse: (text: string) => T
}

const WAY_OUT = 'restore it from a backup; `openirsa reset` starts anew and forgets everything'

async function readOrCreate<T>({ path, mayCreate, create, parse }: KeyFile<T>): Promise<T> {
  if (!existsSync(path)) {
    if (!mayCreate) throw new ConfigError(`the key file \`${path}\` is missing`, { hint: WAY_OUT })
    await writePrivateFile(path, `${create()}\n`)
  }
  const text = (await readPrivateFile(path)).trim()
  try {
    return parse(text)
  } catch (cause) {
    throw new ConfigError(`the key file \`${path}\` cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: WAY_OUT,
    })
  }
}

const KEY_BYTES = 32

const freshKey = (randomness: Randomness): string => Buffer.from(randomness.bytes(KEY_BYTES)).toString('base64url')

/** INVARIANT: an empty or short key never opens or seals anything. */
function parseKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64url')
  if (key.length !== KEY_BYTES || key.toString('base64url') !== text) throw new TypeError('it is not a key of 32 bytes')
  return key
}

function parseRealmId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw new TypeError('it is not a UUID')
  return text
}

/** As EKS names issuers: https, no port, 32 hex digits of the cluster. */
export function issuerUrlOf(region: Region, randomness: Randomness): string {
  const host = `oidc.eks.${region}.${dnsSuffixOf(partitionOf(region))}`
  return `https://${host}/id/${Buffer.from(randomness.bytes(16)).toString('hex').toUpperCase()}`
}
