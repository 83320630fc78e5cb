import { StoreError } from '../../core/index.ts'

/** Collects what arrives while a commit is under way into the next one. */
export interface GroupCommit<Entry> {
  /** Resolves when the entry's commit is durable; rejects with the entry's own failure. @throws StoreError `unavailable` when too many wait */
  add(entry: Entry): Promise<void>
}

/** Entries of one commit at most, so that a burst does not hold the event loop. */
const LARGEST_GROUP = 256
/** With so many it begins at once: while the disk syncs these, the thread works on the others. */
const EARLY_GROUP = 8
/** Entries that wait at most: some seconds of work. What is beyond is refused at once, before memory is. */
const MOST_WAITING = 20_000

interface Waiting<Entry> {
  readonly entry: Entry
  readonly resolve: () => void
  readonly reject: (failure: unknown) => void
}

/**
 * `commit` writes all entries in one transaction. When a group fails for a reason that is everybody's (`isShared`: the disk,
 * the database), all of it fails; else it is halved until the entry is found that cannot be written, which never costs the
 * others their answer.
 */
export function createGroupCommit<Entry>(
  commit: (entries: readonly Entry[]) => Promise<void>,
  isShared: (failure: unknown) => boolean,
): GroupCommit<Entry> {
  let waiting: Waiting<Entry>[] = []
  let isRunning = false
  let isStarted = false

  const settle = async (group: readonly Waiting<Entry>[]): Promise<void> => {
    try {
      await commit(group.map(({ entry }) => entry))
    } catch (failure) {
      if (group.length <= 1 || isShared(failure)) {
        for (const { reject } of group) reject(failure)
        return
      }
      const middle = group.length >> 1
      await settle(group.slice(0, middle))
      await settle(group.slice(middle))
      return
    }
    for (const { resolve } of group) resolve()
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP)
      waiting = waiting.slice(LARGEST_GROUP)
      await settle(group)
      // The database works in this thread: only now can more arrive.
      await new Promise((resume) => setImmediate(resume))
    }
    isRunning = false
  }

  // After the requests that this turn of the event loop has read, or when there are so many that the disk may begin with them.
  const start = (): void => {
    isStarted = true
    setImmediate(go)
  }
  const go = (): void => {
    isStarted = false
    if (isRunning) return
    isRunning = true
    void run()
  }

  return {
    add: (entry) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(new StoreError('unavailable', `more than ${MOST_WAITING} records wait to be written`))
          return
        }
        waiting.push({ entry, resolve, reject })
        if (isRunning) return
        if (waiting.length >= EARLY_GROUP) go()
        else if (!isStarted) start()
      }),
  }
}
