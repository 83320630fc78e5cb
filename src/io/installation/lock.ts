import { createHash } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
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
 * @throws ConfigError when a living process holds it, or is taking it
 */
export function takeLock(path: string): Lock {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify(holderOf(process.pid)), { mode: 0o600 })
  try {
    // `link` either makes the name or fails: two starters cannot both succeed.
    while (!linked(mine, path)) dropStaleLock(path)
  } finally {
    rmSync(mine, { force: true })
  }
  let isHeld = true
  return {
    release: () => {
      // A lock that was given back may be another one's by now.
      if (isHeld) rmSync(path, { force: true })
      isHeld = false
    },
  }
}

/** The pid of the living process that holds the lock, or undefined. */
export function findLockHolder(path: string): number | undefined {
  const holder = parseHolder(readLock(path) ?? '')
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

/**
 * Removes the lock of a process that died. INVARIANT: a lock is removed by its holder, or under a claim to exactly that
 * holder's, so that nobody removes the lock of a starter that was quicker. A claim is a lock itself, with all that follows
 * when its holder dies.
 */
function dropStaleLock(path: string): void {
  const found = readLock(path)
  if (found === undefined) return
  refuseLiving(path, found)
  const claim = takeLock(`${path}.after-${createHash('sha256').update(found).digest('hex').slice(0, 16)}`)
  try {
    if (readLock(path) === found) rmSync(path)
  } finally {
    claim.release()
  }
}

function refuseLiving(path: string, text: string): void {
  const holder = parseHolder(text)
  if (holder !== undefined && isAlive(holder)) throw inUse(path, holder.pid)
}

/** The text of the lock, or undefined when there is none. */
function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw failure
  }
}

/** A lock that was cut short by a power failure has no holder. */
function parseHolder(text: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null && 'pid' in found && Number.isInteger(found.pid)
      ? (found as Holder)
      : undefined
  } catch {
    return undefined
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

function inUse(path: string, pid: number): ConfigError {
  const directory = dirname(path)
  return new ConfigError(`the data directory \`${directory}\` is in use by process ${pid}`, {
    hint: `stop it with \`openirsa down --data-dir ${directory}\`, or give this one another --data-dir`,
  })
}
