import { type Command, Option as Flag } from 'commander'
import { asDuration, dataDirectoryOf } from '../../config/index.ts'
import { ConfigError, instant } from '../../core/index.ts'
import type { CallFilter } from '../../tools/policy/index.ts'
import { NO } from '../ending.ts'
import { dataDirectoryFlag, serviceAccountOf } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { printable } from '../printable.ts'
import { renderGenerated } from '../render-generated.ts'
import type { Terminal } from '../terminal.ts'

type Format = 'json' | 'table'

interface GenerateFlags {
  readonly events?: string
  readonly role?: string
  readonly user?: string
  readonly serviceAccount?: string
  readonly since?: string
  readonly includeDenied?: true
  readonly maxResources: string
  readonly live?: true
  readonly dataDir?: string
  readonly output: Format
}

export function addGenerate(policy: Command, terminal: Terminal): void {
  policy
    .command('generate')
    .description(
      'The least policy that allows what was called, from the records of CloudTrail; exit 1 when no call matched.',
    )
    .option('--events <FILE>', "Records of CloudTrail, - for standard input; default the installation's own trail.")
    .option('--role <ROLE>', 'Calls of sessions of that role, by name or ARN.')
    .option('--user <USER>', 'Calls of that user, by name or ARN.')
    .option(
      '--service-account <NAMESPACE/NAME>',
      'Calls of sessions that it exchanged its token for; the exchange must be among the records.',
    )
    .option('--since <DURATION>', 'Calls of that last while alone, such as 1h.')
    .option('--include-denied', 'Allow what was denied, too.')
    .option('--max-resources <COUNT>', 'Objects of a bucket that an action names one by one.', '20')
    .option(
      '--live',
      "Read the event history of AWS, by the SDK's default credentials: management events of one region; nothing is changed there.",
    )
    .addOption(dataDirectoryFlag())
    .addOption(
      new Flag('-o, --output <FORMAT>', 'Output: json is the policy document; table for people.')
        .choices(['json', 'table'] satisfies Format[])
        .default('json'),
    )
    .action((flags: GenerateFlags) => generate(flags, terminal))
}

async function generate(flags: GenerateFlags, terminal: Terminal): Promise<void> {
  if (flags.live && flags.events !== undefined)
    throw new ConfigError('--live and --events cannot be combined: records come from one place')
  const { generatePolicy } = await import('../../tools/policy/index.ts')
  const filter = filterOf(flags)
  const maxResources = countOf(flags.maxResources)
  const { events, notes: read } = await eventsOf(flags, filter, terminal)
  const { document, denied, notes } = await generatePolicy(events, {
    ...filter,
    maxResources,
    denied: flags.includeDenied ? 'take-in' : 'leave-out',
  })
  for (const note of [...read, ...notes]) terminal.err(`openirsa: ${printable(note)}`)
  for (const { action, resource } of denied)
    terminal.err(`openirsa: denied and left out: ${printable(action)} on ${printable(resource)}`)
  if (document.Statement.length === 0) {
    terminal.err('openirsa: no call matched that was allowed and needs a permission')
    process.exitCode = NO
    return
  }
  terminal.out(flags.output === 'table' ? renderGenerated(document.Statement) : JSON.stringify(document, undefined, 2))
}

async function eventsOf({ events, live, dataDir }: GenerateFlags, filter: CallFilter, terminal: Terminal) {
  const { readEvents, readLiveTrail, readLocalTrail } = await import('../../tools/policy/index.ts')
  if (live) return readLiveTrail(filter)
  if (events === undefined) return readLocalTrail(dataDirectoryOf(dataDir, terminal.environment), filter)
  return { events: readEvents(events, await readTextOf(events, terminal)), notes: [] }
}

function filterOf({ role, user, serviceAccount, since }: GenerateFlags): CallFilter {
  return {
    ...(role === undefined ? {} : { role }),
    ...(user === undefined ? {} : { user }),
    ...(serviceAccount === undefined ? {} : { serviceAccount: serviceAccountOf(serviceAccount) }),
    ...(since === undefined ? {} : { since: instant(Math.max(0, Date.now() - asDuration(since, 'since') * 1000)) }),
  }
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text)
  throw new ConfigError(`--max-resources: expected a count from 1 to 99999, found \`${text.slice(0, 100)}\``)
}
