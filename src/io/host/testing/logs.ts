// Logs for tests.
import type { Log, LogFields, LogLevel } from '../index.ts'

/** Hands over every line of every level. */
export function logTo(take: (fields: LogFields, message: string, level: LogLevel) => void): Log {
  const at = (level: LogLevel) => (fields: LogFields, message: string) => take(fields, message, level)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), writes: () => true }
}

export const SILENT_LOG: Log = { ...logTo(() => undefined), writes: () => false }
