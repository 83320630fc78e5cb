import type { Stats } from 'node:fs'
import { chmod, chown, lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { ConfigError } from '../../core/index.ts'

/** Who may connect. */
export interface SocketAccess {
  /** Permission bits; 0600 lets in the owner alone. */
  readonly mode: number
  readonly groupId?: number
}

/**
 * Clears the way for a socket: one that nobody answers on is removed, whatever process left it.
 * @throws ConfigError when somebody answers there, or it is no socket
 */
export async function clearStaleSocket(path: string): Promise<void> {
  const found = await statOf(path)
  if (found === undefined) return
  if (!found.isSocket()) throw new ConfigError(`\`${path}\` is no socket`, { hint: 'name another path with --signer' })
  if (await answers(path)) {
    throw new ConfigError(`a signer answers on \`${path}\` already`, {
      hint: 'stop it first, or name another path with --signer',
    })
  }
  await unlink(path)
}

/** Gives the socket to those who may connect. @throws ConfigError */
export async function openSocketTo(path: string, { mode, groupId }: SocketAccess): Promise<void> {
  try {
    if (groupId !== undefined) await chown(path, (await lstat(path)).uid, groupId)
    await chmod(path, mode)
  } catch (cause) {
    throw new ConfigError(`\`${path}\` cannot be given to that group: ${codeOf(cause)}`, {
      cause,
      hint: 'run as a member of it, or as root',
    })
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new ConfigError(`\`${path}\` cannot be looked at: ${codeOf(cause)}`, {
      cause,
      hint: 'name another path with --signer',
    })
  }
}

const ANSWER_MILLISECONDS = 2000

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    const end = (isAnswered: boolean): void => {
      socket.destroy()
      resolve(isAnswered)
    }
    socket.setTimeout(ANSWER_MILLISECONDS, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', (failure) => {
      if (codeOf(failure) === 'ECONNREFUSED' || codeOf(failure) === 'ENOENT') end(false)
      else reject(new ConfigError(`\`${path}\` cannot be asked: ${codeOf(failure)}`, { cause: failure }))
    })
  })
}

const codeOf = (failure: unknown): string =>
  failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown'
