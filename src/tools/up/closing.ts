import type { Log } from '../../io/host/index.ts'

/** What is open, closed in reverse order, once; a failure is told when all the others are closed. */
export interface Closing {
  add(close: () => Promise<void>): void
  close(): Promise<void>
  /** Waits for SIGTERM, SIGINT or SIGHUP and closes then; a second signal ends the process at once. */
  uponSignal(log: Log): Promise<void>
}

export function createClosing(): Closing {
  const open: (() => Promise<void>)[] = []
  let closed: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    const failures: unknown[] = []
    // One that cannot be closed does not keep the others open: the lock comes last, and has to go.
    for (let close = open.pop(); close !== undefined; close = open.pop())
      await close().catch((failure: unknown) => failures.push(failure))
    if (failures.length > 0) throw failures[0]
  }
  const close = (): Promise<void> => {
    closed ??= closeAll()
    return closed
  }
  return {
    add: (one) => void open.push(one),
    close,
    uponSignal: async (log) => {
      const signal = await firstSignal()
      log.info({ signal }, 'stopping')
      await close()
    },
  }
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        // Whoever asks twice does not want to wait for the requests at hand.
        if (asked) process.exit(130)
        asked = true
        resolve(signal)
      })
    }
  })
}
