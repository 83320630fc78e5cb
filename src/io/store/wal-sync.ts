import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from '../../core/index.ts'

/** Makes commits durable beside the event loop: the write-ahead log is synced in a thread of Node's pool. */
export interface WalSync {
  /** Resolves when every commit that had returned before this call is on the disk. @throws StoreError `unavailable` */
  reached(): Promise<void>
  /** @throws StoreError when a sync failed before: nothing may be written then */
  check(): void
  close(): Promise<void>
}

/** The least of a file that is needed here. */
export type SyncedFile = Pick<FileHandle, 'datasync' | 'close'>

/** A database in memory has nothing to sync. */
export const noSync: WalSync = {
  reached: () => Promise.resolve(),
  check: () => undefined,
  close: () => Promise.resolve(),
}

/**
 * INVARIANT: after a sync that failed nothing is called durable any more: the kernel may have dropped what it could not
 * write, and a second sync would lie. The process has to start again and look at what is there.
 * SPEC: https://www.sqlite.org/pragma.html#pragma_synchronous: NORMAL leaves out one sync of FULL, that after each commit;
 * it is this one. SQLite itself syncs where the log begins anew and where it goes back into the database.
 */
export function createWalSync(path: string, openFile: (path: string) => Promise<SyncedFile> = openLog): WalSync {
  let file: Promise<SyncedFile> | undefined
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let broken: StoreError | undefined

  const check = (): void => {
    if (broken !== undefined) throw broken
  }
  const sync = async (): Promise<void> => {
    check()
    try {
      // SQLite makes the log with its first commit, and keeps the file until the database is closed.
      file ??= openFile(path)
      await (await file).datasync()
    } catch (cause) {
      broken = new StoreError('unavailable', `the disk failed (\`${path}\`)`, {
        hint: 'look at the disk, then start again',
        cause,
      })
      throw broken
    }
  }
  const start = (): Promise<void> => {
    next = undefined
    running = sync().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    check,
    // A sync that is under way may have begun before this commit; all that wait share the one after it.
    reached: () => {
      if (running === undefined) return start()
      next ??= running.then(start, start)
      return next
    },
    close: async () => {
      // Who waits for this sync is told how it ended; here it only has to be over before the file is closed.
      await running?.catch(() => undefined)
      await (await file)?.close()
    },
  }
}

/** The log's name must be as durable as what is in it: SQLite would sync the directory only with its own first sync. */
async function openLog(path: string): Promise<FileHandle> {
  const directory = await open(dirname(path), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
  return await open(path, 'r+')
}
