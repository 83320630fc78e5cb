import { ConfigError } from '../core/index.ts'
import type { Pflag, PflagKind, PflagValue } from './pflag-model.ts'

type Read = (text: string) => PflagValue[PflagKind] | undefined

const READ = {
  boolean: { read: (text) => BOOLEANS.get(text), expected: 'true or false' },
  integer: { read: (text) => (/^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined), expected: 'a whole number' },
  text: { read: (text) => text, expected: 'a text' },
  duration: { read: parseGoDuration, expected: 'a duration such as 100ms, 60s or 1m30s' },
} as const satisfies Record<PflagKind, { read: Read; expected: string }>

/** SPEC: Go's strconv.ParseBool. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
])

/** The value of one flag. @throws ConfigError saying what was expected and found */
export function parsePflagValue(name: string, flag: Pflag, text: string): PflagValue[PflagKind] {
  const { read, expected } = READ[flag.kind]
  const value = read(text)
  if (value === undefined) throw unusable(name, expected, text)
  if (flag.choices !== undefined && !flag.choices.includes(text))
    throw unusable(name, `one of ${flag.choices.join(', ')}`, text)
  const [least, most] = flag.between ?? [-Infinity, Infinity]
  if (typeof value === 'number' && (value < least || value > most))
    throw unusable(name, `${expected} from ${renderBound(flag, least)} to ${renderBound(flag, most)}`, text)
  return value
}

/** A value as it is written on a command line. */
export function renderPflagValue(kind: PflagKind, value: PflagValue[PflagKind]): string {
  return kind === 'duration' ? renderGoDuration(Number(value)) : String(value)
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** SPEC: Go's time.ParseDuration: signed numbers, each with a unit; `0` needs none. Milliseconds, or undefined. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (body === '0') return 0
  const parts = [...body.matchAll(/(\d{1,15}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|μs|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== body) return undefined
  const sum = parts.reduce((total, [, count, unit = '']) => total + Number(count) * (UNIT_MILLISECONDS[unit] ?? 0), 0)
  return sign === '-' ? -sum : sum
}

function renderGoDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`
}

function renderBound(flag: Pflag, bound: number): string {
  return renderPflagValue(flag.kind, bound)
}

function unusable(name: string, expected: string, found: string): ConfigError {
  return new ConfigError(`--${name}: expected ${expected}, found \`${found.slice(0, 100)}\``)
}
