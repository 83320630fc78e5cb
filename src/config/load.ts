import { ConfigError } from '../core/index.ts'
import type { Option, OptionSources, Options, OptionTable } from './model.ts'
import { nearestWord } from './nearest-word.ts'

/**
 * Reads every option of a table from flags, environment, file and defaults, in that order of precedence.
 * @throws ConfigError for a value that cannot be read, and for a key of the file that no table knows
 */
export function loadOptions<Table extends OptionTable>(table: Table, sources: OptionSources): Options<Table> {
  refuseUnknownKeys(table, sources)
  const loaded: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(table)) loaded[key] = readOption(option, key, sources)
  return Object.freeze(loaded) as Options<Table>
}

/** `allow-private-issuer` is `OPENIRSA_ALLOW_PRIVATE_ISSUER` in the environment; several values stand there with commas. */
export function environmentName(option: Option<unknown>): string {
  return `OPENIRSA_${option.name.toUpperCase().replaceAll('-', '_')}`
}

function readOption(option: Option<unknown>, key: string, sources: OptionSources): unknown {
  const texts = findTexts(option, key, sources)
  if (option.repeatable) {
    if (texts === undefined) return option.fallback === undefined ? [] : [option.fallback]
    const values = texts.map((text) => option.parse(text, option.name))
    return [...new Set(values)]
  }
  if (texts === undefined) return option.fallback
  if (texts.length !== 1) throw new ConfigError(`--${option.name}: expected one value, found ${texts.length}`)
  return option.parse(texts[0] ?? '', option.name)
}

function findTexts(option: Option<unknown>, key: string, sources: OptionSources): readonly string[] | undefined {
  const flag = sources.flags[key]
  if (flag !== undefined) return asTexts(flag)
  const variable = sources.environment[environmentName(option)]
  if (variable !== undefined && variable !== '')
    return option.repeatable ? variable.split(',').map((part) => part.trim()) : [variable]
  const written = sources.file[option.name]
  return written === undefined ? undefined : asTexts(written)
}

const asTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)])

function refuseUnknownKeys(table: OptionTable, { file, fileName }: OptionSources): void {
  const known = Object.values(table).map((option) => option.name)
  for (const key of Object.keys(file)) {
    if (known.includes(key)) continue
    const nearest = nearestWord(key, known)
    throw new ConfigError(`unknown option \`${key}\` in \`${fileName ?? 'the configuration file'}\``, {
      hint: nearest === undefined ? `known ones are ${known.join(', ')}` : `did you mean \`${nearest}\`?`,
    })
  }
}
