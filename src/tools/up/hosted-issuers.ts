import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type KeyRing, makeKeyRing, parseKeyRing, publicKeySet, renderKeyRing } from '../../cluster/issuer/index.ts'
import { ConfigError, type Randomness, type Region } from '../../core/index.ts'
import { readPrivateFile, writePrivateFile } from '../../io/host/index.ts'
import { type IssuerUrl, parseIssuerUrl, type VerificationKeySet } from '../../standards/oidc/index.ts'
import { type InstallationKeys, issuerUrlOf } from './keys.ts'

/** An issuer of ours: its keys are looked up in process. */
export interface HostedIssuer {
  readonly url: IssuerUrl
  readonly ring: KeyRing
  /** What verifiers see of the ring. */
  readonly keys: VerificationKeySet
}

/** The issuers of all clusters of this installation: the local one's, and one for each that CreateCluster made. */
export interface HostedIssuers {
  readonly local: HostedIssuer
  find(url: string): HostedIssuer | undefined
  /** By the last segment of its URL. */
  findById(id: string): HostedIssuer | undefined
  /** Was it ours, and its cluster is deleted? Such an issuer is nobody's: it must not be looked for elsewhere. */
  isGone(url: string): boolean
  /** A new one, with keys of its own in a private file; durable when it resolves. */
  create(region: Region): Promise<IssuerUrl>
  remove(url: string): Promise<void>
  /**
   * Reads the keys of clusters that were made before; clears away keys of clusters that were never finished, or are deleted.
   * @throws ConfigError when a cluster's keys are missing or cannot be read
   */
  restore(urls: readonly string[], gone: readonly string[]): Promise<void>
}

export interface HostedIssuersParts {
  /** Where the installation keeps its keys. */
  readonly directory: string
  readonly randomness: Randomness
}

export function createHostedIssuers(
  { issuer, issuerKeys }: Pick<InstallationKeys, 'issuer' | 'issuerKeys'>,
  { directory, randomness }: HostedIssuersParts,
): HostedIssuers {
  const local = hosted(issuer, issuerKeys)
  const byUrl = new Map<string, HostedIssuer>([[local.url, local]])
  const gone = new Set<string>()
  const fileOf = (url: string): string => join(directory, fileName(url))
  return {
    local,
    find: (url) => byUrl.get(url),
    findById: (id) => [...byUrl.values()].find(({ url }) => idOf(url) === id),
    isGone: (url) => gone.has(url),
    create: async (region) => {
      const url = parseIssuerUrl(issuerUrlOf(region, randomness))
      const ring = await makeKeyRing()
      await writePrivateFile(fileOf(url), `${renderKeyRing(ring)}\n`)
      byUrl.set(url, hosted(url, ring))
      return url
    },
    remove: async (url) => {
      if (url === local.url) return
      byUrl.delete(url)
      gone.add(url)
      await rm(fileOf(url), { force: true })
    },
    restore: async (urls, deleted) => {
      for (const url of deleted) gone.add(url)
      await clearAway(directory, new Set(urls.map(fileName)))
      for (const url of urls) byUrl.set(url, hosted(parseIssuerUrl(url), await readRing(fileOf(url))))
    },
  }
}

function hosted(url: IssuerUrl, ring: KeyRing): HostedIssuer {
  return { url, ring, keys: publicKeySet(ring) }
}

/** Last segment of an issuer's URL. */
export function idOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}

const fileName = (url: string): string => `issuer-keys-${idOf(url)}.json`

async function clearAway(directory: string, wanted: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory))
    if (/^issuer-keys-[0-9A-F]{32}\.json$/.test(name) && !wanted.has(name)) await rm(join(directory, name))
}

async function readRing(path: string): Promise<KeyRing> {
  const text = await readPrivateFile(path)
  try {
    return parseKeyRing(text)
  } catch (cause) {
    throw new ConfigError(`the key file \`${path}\` cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'restore it from a backup; `openirsa reset` starts anew and forgets everything',
    })
  }
}
