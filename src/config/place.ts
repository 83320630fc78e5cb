import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The data directory: what was given, else `OPENIRSA_DATA_DIR`, else `$XDG_DATA_HOME/openirsa`. Absolute. */
export function dataDirectoryOf(given: string | undefined, environment: Environment): string {
  const named = given ?? nonEmpty(environment.OPENIRSA_DATA_DIR)
  if (named !== undefined) return resolve(named)
  return join(nonEmpty(environment.XDG_DATA_HOME) ?? join(homedir(), '.local', 'share'), 'openirsa')
}

/** Where the user's configuration lies (XDG Base Directory Specification). */
export function configHomeOf(environment: Environment): string {
  return nonEmpty(environment.XDG_CONFIG_HOME) ?? join(homedir(), '.config')
}

const nonEmpty = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text
