import { type Clock, instant } from '../../core/index.ts'

/** The machine's clock. The only place below the command line that reads it. */
export const systemClock: Clock = { now: () => instant(Date.now()) }
