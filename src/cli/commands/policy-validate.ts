import { type Command, Option as Flag } from 'commander'
import type { PolicyReport, PolicySource, PolicyText, PolicyTypeName } from '../../tools/policy/index.ts'
import { NO } from '../ending.ts'
import { dataDirectoryFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { sourceOf } from '../policy-source.ts'
import { printable } from '../printable.ts'
import { renderReports } from '../render-findings.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

type Format = 'table' | 'json' | 'sarif'

/** By the gravest finding that is still let pass. */
const FAIL_ON = {
  error: 'ERROR',
  'security-warning': 'SECURITY_WARNING',
  warning: 'WARNING',
  suggestion: 'SUGGESTION',
} as const

interface ValidateFlags {
  readonly live?: true
  readonly dataDir?: string
  readonly type?: PolicyTypeName
  readonly failOn: keyof typeof FAIL_ON
  readonly output: Format
}

export function addValidate(policy: Command, terminal: Terminal): void {
  policy
    .command('validate')
    .description(
      "Look through policies for errors and risks, with AWS's sentences and the line of each; exit 1 when there is one.",
    )
    .argument(
      '[FILE|ARN...]',
      'Policy documents; - or none is standard input; an ARN: policies of the local cloud, those of a role or user together',
    )
    .addOption(
      new Flag('--type <TYPE>', 'What the policy is used as; default guessed by its principals and actions.').choices([
        'identity',
        'resource',
        'trust',
        'scp',
        'rcp',
        'session',
        'boundary',
        'endpoint',
      ] satisfies PolicyTypeName[]),
    )
    .option('--live', "Read what is named by ARN from AWS, by the SDK's default credentials; nothing is changed there.")
    .addOption(dataDirectoryFlag())
    .addOption(
      new Flag('--fail-on <SEVERITY>', 'The mildest finding for which to exit 1.')
        .choices(Object.keys(FAIL_ON))
        .default('security-warning' satisfies keyof typeof FAIL_ON),
    )
    .addOption(
      new Flag('-o, --output <FORMAT>', 'Output: table for people; json for programs; sarif for code scanners.')
        .choices(['table', 'json', 'sarif'] satisfies Format[])
        .default('table'),
    )
    .action(async (files: readonly string[], flags: ValidateFlags) => {
      const { hasFinding, renderSarif, validatePolicy } = await import('../../tools/policy/index.ts')
      const reports: PolicyReport[] = []
      for (const { type, ...policy } of await readAll(files.length === 0 ? ['-'] : files, flags, terminal))
        reports.push(await validatePolicy(policy, type))
      for (const report of reports) sayGuess(report, terminal)
      const print = {
        table: () => renderReports(reports, terminal),
        json: () => JSON.stringify(reports),
        sarif: () => renderSarif(reports, version()),
      } as const satisfies Record<Format, () => string>
      terminal.out(print[flags.output]())
      if (hasFinding(reports, FAIL_ON[flags.failOn])) process.exitCode = NO
    })
}

interface Wanted extends PolicyText {
  readonly type: PolicyTypeName | undefined
}

/** Files, and what is named by ARN; the source is asked only for the latter. */
async function readAll(names: readonly string[], flags: ValidateFlags, terminal: Terminal): Promise<readonly Wanted[]> {
  const { findKeptPolicies } = await import('../../tools/policy/index.ts')
  let source: Promise<PolicySource> | undefined
  const wanted: Wanted[] = []
  for (const name of names) {
    if (!name.startsWith('arn:')) wanted.push({ name, text: await readTextOf(name, terminal), type: flags.type })
    else {
      source ??= sourceOf(flags, terminal)
      for (const { arn, type, ...policy } of await findKeptPolicies(name, await source))
        wanted.push({ ...policy, name: arn ?? policy.name, type: flags.type ?? type })
    }
  }
  return wanted
}

function sayGuess({ policy, type, guessedBecause }: PolicyReport, terminal: Terminal): void {
  if (guessedBecause === undefined) return
  terminal.err(
    `openirsa: ${printable(policy)}: taken for a policy of type ${type}, because ${guessedBecause}; --type says otherwise`,
  )
}
