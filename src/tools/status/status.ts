import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import {
  type DataDirectoryPaths,
  dataDirectoryPaths,
  findRunningPid,
  type InstallationFacts,
  readFacts,
} from '../../io/installation/index.ts'

export interface InstallationStatus {
  readonly state: 'running' | 'stopped'
  readonly facts: InstallationFacts
  readonly dataDirectory: string
}

/** @throws ConfigError when there is no installation in the directory */
export async function readStatus(dataDirectory: string): Promise<InstallationStatus> {
  const facts = await readFacts(dataDirectory)
  return { state: findRunningPid(dataDirectory) === undefined ? 'stopped' : 'running', facts, dataDirectory }
}

/** The longest that an installation may take to finish the requests at hand. */
const STOP_MILLISECONDS = 15_000

/**
 * Ends the running installation and waits until it has gone.
 * @returns false when none was running
 * @throws ConfigError when it does not end in time
 */
export async function stopInstallation(dataDirectory: string): Promise<boolean> {
  await readFacts(dataDirectory)
  const pid = findRunningPid(dataDirectory)
  if (pid === undefined) return false
  askToEnd(pid)
  for (let waited = 0; waited < STOP_MILLISECONDS; waited += 50) {
    if (findRunningPid(dataDirectory) === undefined) return true
    await pause(50)
  }
  throw new ConfigError(`process ${pid} did not end within ${STOP_MILLISECONDS / 1000} s`, {
    hint: `look at it, then \`kill -9 ${pid}\``,
  })
}

function askToEnd(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (failure) {
    // It ended in the meantime, by itself.
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure
  }
}

/**
 * Removes everything of a stopped installation: keys, identities, objects, trail. What is not an installation's stays, and so
 * does the directory then: a `--data-dir` that was mistyped costs nothing.
 * @throws ConfigError when it is running, or the directory holds no installation
 */
export function resetInstallation(dataDirectory: string): void {
  const paths = dataDirectoryPaths(dataDirectory)
  // Also one whose start was cut short, or whose files cannot be read any more.
  if (!MARKS.some((mark) => existsSync(paths[mark]))) {
    throw new ConfigError(`there is no installation in \`${dataDirectory}\``, {
      hint: 'name its directory with --data-dir (or OPENIRSA_DATA_DIR)',
    })
  }
  if (findRunningPid(dataDirectory) !== undefined) {
    throw new ConfigError(`the installation in \`${dataDirectory}\` is running`, {
      hint: 'stop it first: `openirsa down`',
    })
  }
  for (const name of readdirSync(dataDirectory))
    if (isOwn(name, paths)) rmSync(join(dataDirectory, name), { recursive: true, force: true })
  if (readdirSync(dataDirectory).length === 0) rmdirSync(dataDirectory)
}

const MARKS = ['facts', 'store', 'controlToken'] as const satisfies readonly (keyof DataDirectoryPaths)[]

/** A file of ours, or a companion of one: SQLite's `store.sqlite-wal`, a half-written `administrators.json.3f….tmp`. */
function isOwn(name: string, { directory: _, ...own }: DataDirectoryPaths): boolean {
  return Object.values(own)
    .map((path) => basename(path))
    .some((known) => name === known || name.startsWith(`${known}.`) || name.startsWith(`${known}-`))
}
