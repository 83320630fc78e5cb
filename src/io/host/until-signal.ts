const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Resolves upon the first signal that asks to end; a second one ends the process at once, as signals do. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve())
  })
}
