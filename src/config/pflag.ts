import { ConfigError } from '../core/index.ts'
import { nearestWord } from './nearest-word.ts'
import type { Pflag, PflagTable, PflagValues } from './pflag-model.ts'
import { parsePflagValue } from './pflag-values.ts'

export interface ParsedPflags<Table extends PflagTable> {
  readonly values: PflagValues<Table>
  /** Names that were given, also when their value is the fallback. */
  readonly given: ReadonlySet<string>
}

/**
 * Reads a command line in the forms of Go's pflag: `--flag=value`, `--flag value`, `-f=value`, `-f value`, `-fvalue`,
 * `--boolean`, `--boolean=false`. The last one wins. Nothing but flags is taken.
 * @throws ConfigError naming the flag, and the one that was probably meant
 */
export function parsePflags<const Table extends PflagTable>(
  table: Table,
  words: readonly string[],
): ParsedPflags<Table> {
  const values = new Map(Object.entries(table).map(([name, { fallback }]) => [name, fallback]))
  const given = new Set<string>()
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    if (word === '--') {
      const [first] = words.slice(at + 1)
      if (first !== undefined) throw unexpectedArgument(first)
      break
    }
    const found = word.startsWith('--') ? findLong(table, word) : findShort(table, word)
    at += 1
    const { name, flag } = found
    // A boolean never takes the word after it: pflag would read `--flag false` as true.
    const isSpaced = found.text === undefined && flag.kind !== 'boolean'
    if (isSpaced && at >= words.length)
      throw new ConfigError(`--${name}: expected a value after it`, { hint: `write --${name}=VALUE` })
    const text = isSpaced ? words[at] : (found.text ?? 'true')
    if (isSpaced) at += 1
    values.set(name, parsePflagValue(name, flag, text ?? ''))
    given.add(name)
  }
  return { values: Object.fromEntries(values) as PflagValues<Table>, given }
}

interface Found {
  readonly name: string
  readonly flag: Pflag
  /** Undefined: the value is the next word. */
  readonly text: string | undefined
}

function findLong(table: PflagTable, word: string): Found {
  const sign = word.indexOf('=')
  const name = sign < 0 ? word.slice(2) : word.slice(2, sign)
  const text = sign < 0 ? undefined : word.slice(sign + 1)
  // SPEC: pflag has a flag with a shorthand under both, so that `--v` is `-v`.
  const flag = Object.hasOwn(table, name) ? table[name] : undefined
  if (flag === undefined) throw unknownFlag(table, name, `--${name}`)
  return { name, flag, text }
}

function findShort(table: PflagTable, word: string): Found {
  if (!word.startsWith('-') || word === '-') throw unexpectedArgument(word)
  const letter = word.slice(1, 2)
  const [name, flag] = Object.entries(table).find(([, { shorthand }]) => shorthand === letter) ?? []
  if (name === undefined || flag === undefined)
    throw unknownFlag(table, word.slice(1).split('=')[0] ?? '', word.split('=')[0] ?? word)
  const rest = word.slice(2)
  if (rest === '') return { name, flag, text: undefined }
  return { name, flag, text: rest.startsWith('=') ? rest.slice(1) : rest }
}

function unknownFlag(table: PflagTable, name: string, written: string): ConfigError {
  const meant = Object.hasOwn(table, name) ? name : nearestWord(name, Object.keys(table))
  const hint = meant === undefined ? 'see --help for all of them' : `did you mean --${meant}?`
  return new ConfigError(`unknown flag \`${written.slice(0, 100)}\``, { hint })
}

function unexpectedArgument(word: string): ConfigError {
  const isBoolean = /^(true|false|[01tTfF])$/.test(word)
  return new ConfigError(`unexpected argument \`${word.slice(0, 100)}\``, {
    hint: isBoolean ? 'a boolean takes its value with an equals sign: --flag=false' : 'only flags are taken here',
  })
}
