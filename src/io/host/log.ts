import { pino } from 'pino'
import { OpenirsaError } from '../../core/index.ts'
import { systemClock } from './clock.ts'
import { isSecretName, redactText } from './redact.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** Structured log. Messages are constant sentences; what varies stands in the fields. */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** Would a line of this level be written? For fields that cost something to gather. */
  writes(level: LogLevel): boolean
}

export interface LogOptions {
  /** The lowest level that is written; `silent` writes none. */
  readonly level: LogLevel | 'silent'
  /** `json`: one object a line; `text`: one line for people. */
  readonly format: 'json' | 'text'
  /** Takes one line with its line feed. */
  readonly write: (line: string) => void
}

/**
 * INVARIANT: every value goes through the redactor on its way to `write`; control characters are escaped, so that no
 * value can start a line of its own or colour a terminal.
 */
export function createLog({ level, format, write }: LogOptions): Log {
  const sink = { write: format === 'json' ? write : (line: string) => write(renderLine(line)) }
  const inner = pino(
    {
      level,
      base: null,
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  )
  const at =
    (name: LogLevel) =>
    (fields: LogFields, message: string): void => {
      if (inner.isLevelEnabled(name)) inner[name](cleanFields(fields), redactText(message))
    }
  const writes = (name: LogLevel): boolean => inner.isLevelEnabled(name)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), writes }
}

/** SPEC: pino's own isoTime, but written once for all lines of one millisecond. */
function createTimestamp(): () => string {
  let [written, text] = [Number.NaN, '']
  return () => {
    const now = systemClock.now()
    if (now !== written) {
      written = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

const DEEPEST = 6
const MOST_MEMBERS = 100
const LONGEST_TEXT = 4096

function cleanFields(fields: LogFields): Record<string, unknown> {
  return cleanMembers(Object.entries(fields), 0)
}

function cleanMembers(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = Object.create(null)
  const kept = entries.length > MOST_MEMBERS ? entries.slice(0, MOST_MEMBERS) : entries
  for (const [name, value] of kept) clean[name] = isSecretName(name) ? '[redacted]' : cleanValue(value, depth)
  return clean
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '[deep]'
  if (value instanceof Error) return cleanError(value, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((member) => cleanValue(member, depth + 1))
  // A `Secret` and its like say themselves what they may show.
  if ('toJSON' in value && typeof value.toJSON === 'function') return cleanValue(value.toJSON(), depth + 1)
  return cleanMembers(Object.entries(value), depth + 1)
}

function cleanText(text: string): string {
  const clean = redactText(text)
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean
}

/** An error of ours is described by its words; one of somebody else's also by where it came from. */
function cleanError(error: Error, depth: number): Record<string, unknown> {
  const { cause } = error
  return {
    name: error.name,
    message: cleanText(error.message),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error instanceof OpenirsaError
      ? cleanMembers(
          Object.entries({ detail: error.detail, hint: error.hint }).filter(([, value]) => value !== undefined),
          depth + 1,
        )
      : { stack: cleanText(error.stack ?? '') }),
    ...(cause === undefined ? {} : { cause: cleanValue(cause, depth + 1) }),
  }
}

const LABELS: ReadonlyMap<unknown, string> = new Map([
  ['debug', 'DEBUG'],
  ['info', 'INFO '],
  ['warn', 'WARN '],
  ['error', 'ERROR'],
])

/** `2026-03-01T12:00:00.000Z INFO  listening port=4566`. */
function renderLine(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const rest = Object.entries(fields).map(([name, value]) => ` ${escapeControls(name)}=${renderField(value)}`)
  return `${String(time)} ${LABELS.get(level) ?? 'INFO '} ${escapeControls(String(msg ?? ''))}${rest.join('')}\n`
}

function renderField(value: unknown): string {
  if (typeof value === 'string' && value !== '' && !/[\s"=]/.test(value)) return escapeControls(value)
  return escapeControls(JSON.stringify(value))
}

/** Controls, where escape sequences of terminals begin; line ends; marks that hide or turn text. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function escapeControls(text: string): string {
  return text.replace(CONTROLS, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
