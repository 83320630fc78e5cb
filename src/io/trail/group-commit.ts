/** Collects what arrives in one turn of the event loop into one commit. */
export interface GroupCommit<Entry> {
  /** Resolves when the entry's commit is durable; rejects with the entry's own failure. */
  add(entry: Entry): Promise<void>
}

/** Entries of one commit at most, so that a burst does not hold the event loop. */
const LARGEST_GROUP = 256

interface Waiting<Entry> {
  readonly entry: Entry
  readonly resolve: () => void
  readonly reject: (failure: unknown) => void
}

/**
 * `commit` writes all entries in one transaction. When a group fails, each entry is tried by itself: one that cannot be
 * written never costs the others their answer.
 */
export function createGroupCommit<Entry>(commit: (entries: readonly Entry[]) => Promise<void>): GroupCommit<Entry> {
  let waiting: Waiting<Entry>[] = []
  let isRunning = false

  const settle = async (group: readonly Waiting<Entry>[]): Promise<void> => {
    try {
      await commit(group.map(({ entry }) => entry))
    } catch (failure) {
      const [only, ...others] = group
      if (others.length === 0) only?.reject(failure)
      else for (const one of group) await settle([one])
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

  const start = (): void => {
    isRunning = true
    // After the requests that this turn of the event loop has read.
    setImmediate(() => void run())
  }

  return {
    add: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        if (!isRunning) start()
      }),
  }
}
