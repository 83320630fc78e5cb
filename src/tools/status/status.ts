import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import { findRunningPid, type InstallationFacts, readFacts } from '../../io/installation/index.ts'

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
  process.kill(pid, 'SIGTERM')
  for (let waited = 0; waited < STOP_MILLISECONDS; waited += 50) {
    if (findRunningPid(dataDirectory) === undefined) return true
    await pause(50)
  }
  throw new ConfigError(`process ${pid} did not end within ${STOP_MILLISECONDS / 1000} s`, {
    hint: `look at it, then \`kill -9 ${pid}\``,
  })
}

/**
 * Removes everything of a stopped installation: keys, identities, objects, trail.
 * @throws ConfigError when it is running, or the directory holds no installation
 */
export async function resetInstallation(dataDirectory: string): Promise<void> {
  await readFacts(dataDirectory)
  if (findRunningPid(dataDirectory) !== undefined) {
    throw new ConfigError(`the installation in \`${dataDirectory}\` is running`, {
      hint: 'stop it first: `openirsa down`',
    })
  }
  rmSync(dataDirectory, { recursive: true, force: true })
}
