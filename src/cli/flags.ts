import { type Command, Option as Flag } from 'commander'
import { environmentName, type Option, type OptionTable } from '../config/index.ts'
import { ConfigError, parseServiceAccountRef, type ServiceAccountRef } from '../core/index.ts'
import type { OutputFormat } from './render-data.ts'

/** Adds one flag for each row of an option table; values stay text, `config` reads them. */
export function addFlags(command: Command, table: OptionTable): Command {
  for (const option of Object.values(table)) command.addOption(flagOf(option))
  return command
}

function flagOf(option: Option<unknown>): Flag {
  const flag = new Flag(
    option.placeholder === undefined ? `--${option.name}` : `--${option.name} <${option.placeholder}>`,
    describe(option),
  )
  if (option.repeatable)
    flag.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
  return flag
}

function describe(option: Option<unknown>): string {
  const parts = [option.summary]
  if (option.fallback !== undefined && option.placeholder !== undefined)
    parts.push(`Default ${String(option.fallback)}.`)
  if (option.repeatable) parts.push('May be given several times.')
  if (option.placeholder !== undefined) parts.push(`[${environmentName(option)}]`)
  return parts.join(' ')
}

/** `-o`: for people or for programs. */
export const outputFlag = (): Flag =>
  new Flag('-o, --output <FORMAT>', 'Output: table for people; json or yaml for programs.')
    .choices(['table', 'json', 'yaml'] satisfies OutputFormat[])
    .default('table')

export const dataDirectoryFlag = (): Flag =>
  new Flag('--data-dir <DIR>', 'Directory of the installation; default $XDG_DATA_HOME/openirsa. [OPENIRSA_DATA_DIR]')

export const clusterFlag = (): Flag =>
  new Flag('--cluster <NAME>', 'Name or ARN of the cluster, as EKS has it; default the local one.')

/** Reads `NAMESPACE/NAME`. */
export function serviceAccountOf(text: string): ServiceAccountRef {
  const ref = parseServiceAccountRef(text)
  if (ref === undefined)
    throw new ConfigError(`--service-account: expected NAMESPACE/NAME, found \`${text.slice(0, 100)}\``, {
      hint: 'such as shop/orders',
    })
  return ref
}
