/** What a run that was killed together with its warden has left: its directory, and the control groups of containers that it names. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Begins every name of ours; the process of the test and a number follow. */
export const NAME = 'openirsa-circle-'

const WARDEN = join(import.meta.dirname, 'warden.sh')

/** Names of the runs of which a directory is to be seen, running ones too. */
export function runsOnThisMachine(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(NAME))
}

export async function clearLeftovers(): Promise<void> {
  for (const name of runsOnThisMachine())
    if (!isRunning(name)) spawnSync('bash', [WARDEN, 'clear', join(tmpdir(), name)], { stdio: 'ignore' })
}

/** When the process began, in the kernel's ticks: its number alone may belong to another one by now. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function isRunning(name: string): boolean {
  const pid = Number(name.slice(NAME.length).split('-')[0])
  const began = startTimeOf(pid)
  if (began === undefined) return false
  const owner = join(tmpdir(), name, 'owner')
  return !existsSync(owner) || readFileSync(owner, 'utf8') === began
}
