import { existsSync } from 'node:fs'
import { ConfigError, partitionOf, type Region, stsAudienceOf } from '../../core/index.ts'
import { readPrivateFile, writePrivateFile } from '../host/index.ts'
import { dataDirectoryPaths } from './data-directory.ts'
import { findLockHolder } from './lock.ts'
import type { AdministratorCredentials, InstallationFacts } from './model.ts'

/** Keeps the facts of this start for other commands; they stay when the installation stops. */
export async function writeFacts(directory: string, facts: InstallationFacts): Promise<void> {
  await writePrivateFile(dataDirectoryPaths(directory).facts, `${JSON.stringify(facts, undefined, 2)}\n`)
}

/**
 * The facts of the installation in that data directory, as of its last start.
 * @throws ConfigError when none was ever started there
 */
export async function readFacts(directory: string): Promise<InstallationFacts> {
  const { facts } = dataDirectoryPaths(directory)
  if (!existsSync(facts)) {
    throw new ConfigError(`there is no installation in \`${directory}\``, {
      hint: 'start one with `openirsa up`, or name its directory with --data-dir (or OPENIRSA_DATA_DIR)',
    })
  }
  return readJson<InstallationFacts>(facts)
}

/** The audience of a token that nobody asked another one for: AWS STS, as it is called in the installation's partition. */
export function defaultAudienceOf({ region }: Pick<InstallationFacts, 'region'>): string {
  return stsAudienceOf(partitionOf(region as Region))
}

/** The pid of the process that serves this data directory, or undefined when none does. */
export function findRunningPid(directory: string): number | undefined {
  return findLockHolder(dataDirectoryPaths(directory).lock)
}

/** Keeps the keys of all administrators in one file, 0600. @throws ConfigError when it cannot be written */
export async function writeAdministrators(directory: string, all: readonly AdministratorCredentials[]): Promise<void> {
  await writePrivateFile(dataDirectoryPaths(directory).administrators, `${JSON.stringify(all, undefined, 2)}\n`)
}

/** Administrators that were made so far, none before the first start. */
export async function readAdministrators(directory: string): Promise<readonly AdministratorCredentials[]> {
  const { administrators } = dataDirectoryPaths(directory)
  return existsSync(administrators) ? readJson<readonly AdministratorCredentials[]>(administrators) : []
}

async function readJson<T>(path: string): Promise<T> {
  const text = await readPrivateFile(path)
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new ConfigError(`\`${path}\` cannot be read: it is not JSON`, {
      hint: 'restore it from a backup, or start anew with `openirsa reset`',
      cause,
    })
  }
}
