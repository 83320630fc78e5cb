import { existsSync } from 'node:fs'
import { type AccountId, ConfigError, parseAccountId, parseStrictJson } from '../../core/index.ts'
import { readPrivateFile, writePrivateFile } from '../../io/host/index.ts'
import { parseIssuerUrl, parseJwkSet } from '../../standards/oidc/index.ts'
import type { KeptKeys } from './keys.ts'
import type { ClusterReference } from './model.ts'

/** What is written down of a cluster: the reference, and its public keys for a start without its API server. */
export interface Entry {
  readonly reference: ClusterReference
  readonly keys?: KeptKeys
}

/** Writes all of them into one private file. */
export async function writeBook(path: string, entries: readonly Entry[]): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify({ version: 1, clusters: entries }, undefined, 2)}\n`)
}

/** None when there is no file. @throws ConfigError when it is damaged */
export async function readBook(path: string): Promise<readonly Entry[]> {
  if (!existsSync(path)) return []
  const text = await readPrivateFile(path)
  try {
    return parseBook(text)
  } catch (cause) {
    throw new ConfigError(`\`${path}\` cannot be read: it is not what was written`, {
      cause,
      hint: 'restore it from a backup, or remove it and add the clusters anew with `openirsa cluster add`',
    })
  }
}

function parseBook(text: string): readonly Entry[] {
  const { version, clusters } = membersOf(parseStrictJson(text))
  if (version !== 1 || !Array.isArray(clusters)) throw new TypeError('another version')
  return clusters.map((entry: unknown) => {
    const { reference, keys } = membersOf(entry)
    return { reference: readReference(membersOf(reference)), ...(keys === undefined ? {} : { keys: readKept(keys) }) }
  })
}

function readReference(members: Members): ClusterReference {
  const { audiences } = members
  if (!Array.isArray(audiences)) throw new TypeError('not a reference')
  return {
    name: textOf(members.name),
    kubeconfig: textOf(members.kubeconfig),
    context: textOf(members.context),
    issuer: parseIssuerUrl(textOf(members.issuer)),
    verifiesBoundObjects: flagOf(members.verifiesBoundObjects),
    serverIsVerified: flagOf(members.serverIsVerified),
    account: accountOf(textOf(members.account)),
    audiences: audiences.map(textOf),
    addedAt: textOf(members.addedAt),
  }
}

function readKept(value: unknown): KeptKeys {
  const { jwks, fetchedAt } = membersOf(value)
  if (typeof fetchedAt !== 'number') throw new TypeError('not a time')
  const text = textOf(jwks)
  parseJwkSet(text)
  return { jwks: text, fetchedAt }
}

type Members = Readonly<Record<string, unknown>>

function membersOf(value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new TypeError('not an object')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError('not a text')
}

function flagOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError('neither true nor false')
}

function accountOf(text: string): AccountId {
  const account = parseAccountId(text)
  if (account === undefined) throw new TypeError('not an account')
  return account
}
