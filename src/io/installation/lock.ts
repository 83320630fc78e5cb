import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { ConfigError } from '../../core/index.ts'

/** Held while an installation is up, so that no second process writes to the same data directory. */
export interface Lock {
  release(): void
}

interface Holder {
  readonly pid: number
  /** Start of that process in clock ticks since boot, where the system tells: a pid alone may be reused. */
  readonly startedAt?: string
}

/**
 * Takes the lock, also from a process that died without releasing it.
 * @throws ConfigError when a living process holds it
 */
export function takeLock(path: string): Lock {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(holderOf(process.pid)), { mode: 0o600 })
  try {
    // `link` either makes the name or fails: two starters cannot both succeed.
    if (!linked(mine, path)) {
      dropStaleLock(path)
      if (!linked(mine, path)) throw inUse(path, readHolder(path)?.pid)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return { release: () => rmSync(path, { force: true }) }
}

/** The pid of the living process that holds the lock, or undefined. */
export function findLockHolder(path: string): number | undefined {
  const holder = readHolder(path)
  return holder !== undefined && isAlive(holder) ? holder.pid : undefined
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw failure
  }
}

function dropStaleLock(path: string): void {
  const holder = readHolder(path)
  if (holder !== undefined && isAlive(holder)) throw inUse(path, holder.pid)
  const aside = `${path}.stale.${process.pid}`
  renameSync(path, aside)
  const moved = readHolder(aside)
  // Another starter may have taken the lock between our look and the rename: give it back.
  if (moved !== undefined && isAlive(moved)) {
    linked(aside, path)
    rmSync(aside, { force: true })
    throw inUse(path, moved.pid)
  }
  rmSync(aside, { force: true })
}

function readHolder(path: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof found === 'object' && found !== null && 'pid' in found && Number.isInteger(found.pid)
      ? (found as Holder)
      : undefined
  } catch (failure) {
    // A lock that is gone or was cut short by a power failure has no living holder.
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT' || failure instanceof SyntaxError) return undefined
    throw failure
  }
}

function holderOf(pid: number): Holder {
  const startedAt = startOf(pid)
  return startedAt === undefined ? { pid } : { pid, startedAt }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return holder.startedAt === undefined || startOf(holder.pid) === holder.startedAt
}

/** SPEC: proc(5), field 22 of /proc/PID/stat; the command in field 2 may hold spaces and parentheses. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    // No /proc on this system: the pid has to do.
    return undefined
  }
}

function inUse(path: string, pid: number | undefined): ConfigError {
  const directory = path.slice(0, path.lastIndexOf('/'))
  return new ConfigError(`the data directory \`${directory}\` is in use by process ${pid ?? 'unknown'}`, {
    hint: `stop it with \`openirsa down --data-dir ${directory}\`, or give this one another --data-dir`,
  })
}
