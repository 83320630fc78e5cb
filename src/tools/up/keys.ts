import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createSealKeyRing, readSealKeyRing, renderSealKeyRing, type SealKeyRing } from '../../cloud/session/index.ts'
import { createKeyRing, type KeyRing, parseKeyRing, renderKeyRing } from '../../cluster/issuer/index.ts'
import { ConfigError, type Randomness, type Region, Secret } from '../../core/index.ts'
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from '../../io/host/index.ts'
import type { DataDirectoryPaths } from '../../io/installation/index.ts'

/** Everything secret that an installation is made of; made at its first start, read at every other. */
export interface InstallationKeys {
  /** UUID of this installation: session tokens of another are not opened, whatever its keys. */
  readonly realmId: string
  /** URL of the local cluster's issuer, fixed at the first start. */
  readonly issuer: string
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
  const isNew = !existsSync(paths.store)
  const keyFile = (name: string, create: () => string): Promise<string> =>
    readOrCreate(join(paths.keys, name), isNew, create)
  const realmId = await keyFile('realm-id', () => randomness.uuid())
  const issuer = await keyFile('issuer-url', () => issuerUrlOf(region, randomness))
  const issuerKeys = parsed(
    'issuer-keys.json',
    parseKeyRing,
    await keyFile('issuer-keys.json', () => renderKeyRing(createKeyRing())),
  )
  const sealRing = parsed(
    'seal-keys.json',
    readSealKeyRing,
    await keyFile('seal-keys.json', () => renderSealKeyRing(createSealKeyRing(randomness))),
  )
  const storeKey = await keyFile('store-key', () => Buffer.from(randomness.bytes(32)).toString('base64url'))
  const controlToken = await readOrCreate(paths.controlToken, true, () =>
    Buffer.from(randomness.bytes(32)).toString('base64url'),
  )
  return {
    realmId,
    issuer,
    issuerKeys,
    sealRing,
    storeKey: new Secret(Buffer.from(storeKey, 'base64url')),
    controlToken: new Secret(controlToken),
  }

  function parsed<T>(name: string, parse: (text: string) => T, text: string): T {
    try {
      return parse(text)
    } catch (cause) {
      throw new ConfigError(`the key file \`${join(paths.keys, name)}\` cannot be read: ${(cause as Error).message}`, {
        cause,
        hint: 'restore it from a backup; `openirsa reset` starts anew and forgets everything',
      })
    }
  }
}

/** A key that is missing beside a store that needs it is a loss to be told of, never one to be papered over with a new key. */
async function readOrCreate(path: string, mayCreate: boolean, create: () => string): Promise<string> {
  if (existsSync(path)) return (await readPrivateFile(path)).trim()
  if (!mayCreate) {
    throw new ConfigError(`the key file \`${path}\` is missing`, {
      hint: 'restore it from a backup; `openirsa reset` starts anew and forgets everything',
    })
  }
  const text = create()
  await writePrivateFile(path, `${text}\n`)
  return text
}

/** As EKS names issuers: https, no port, 32 hex digits of the cluster. */
function issuerUrlOf(region: Region, randomness: Randomness): string {
  return `https://oidc.eks.${region}.amazonaws.com/id/${Buffer.from(randomness.bytes(16)).toString('hex').toUpperCase()}`
}
