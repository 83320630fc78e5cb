import { type Command, Option as Flag } from 'commander'
import { ConfigError } from '../../core/index.ts'
import type { TrustPolicy } from '../../tools/trust/index.ts'
import { NO } from '../ending.ts'
import { dataDirectoryFlag, outputFlag, serviceAccountOf } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { sourceOf } from '../policy-source.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderTrustCheck } from '../render-trust.ts'
import type { Terminal } from '../terminal.ts'

type GenerateFormat = 'json' | 'hcl' | 'aws-cli'

interface GenerateFlags {
  readonly serviceAccount: readonly string[]
  readonly subjectLike?: string
  readonly provider?: string
  readonly issuer?: string
  readonly account?: string
  readonly audience?: string
  readonly role: string
  readonly live?: true
  readonly dataDir?: string
  readonly output: GenerateFormat
}

export function addTrust(program: Command, terminal: Terminal): void {
  const trust = program.command('trust').description('Make the trust policy for a service account, look through one.')
  addGenerate(trust, terminal)
  addCheck(trust, terminal)
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

function addGenerate(trust: Command, terminal: Terminal): void {
  trust
    .command('generate')
    .description('Print the trust policy that lets in exactly this service account, with exactly this audience.')
    .option('--service-account <NAMESPACE/NAME>', 'Who is let in. May be given several times.', collect, [])
    .option('--subject-like <PATTERN>', 'Instead: every subject that fits a pattern with * or ?, by StringLike.')
    .option(
      '--provider <ARN>',
      'The OIDC provider in the account of the role; default the only one of the local cloud.',
    )
    .option('--live', "The only one of AWS, by the SDK's default credentials; nothing is changed there.")
    .addOption(dataDirectoryFlag())
    .option('--issuer <URL>', 'Instead of --provider: the issuer; needs --account.')
    .option('--account <ID>', 'Account of the role, with --issuer.')
    .option('--audience <AUDIENCE>', "Whom tokens are for; default AWS STS, as the provider's partition calls it.")
    .option('--role <NAME>', 'Name of the role in the command of -o aws-cli.', 'ROLE')
    .addOption(
      new Flag('-o, --output <FORMAT>', 'Output: the document, Terraform, or the command that makes the role.')
        .choices(['json', 'hcl', 'aws-cli'] satisfies GenerateFormat[])
        .default('json'),
    )
    .action(async (flags: GenerateFlags) => {
      const { generateTrust, providerArnOf, renderAwsCli, renderHcl } = await import('../../tools/trust/index.ts')
      const { subjectLike, audience, issuer, account } = flags
      const given =
        flags.provider ?? (issuer === undefined || account === undefined ? undefined : providerArnOf(issuer, account))
      const providerArn = given ?? (await onlyProvider(flags, terminal))
      const policy = generateTrust({
        serviceAccounts: flags.serviceAccount.map(serviceAccountOf),
        providerArn,
        ...(subjectLike === undefined ? {} : { subjectLike }),
        ...(audience === undefined ? {} : { audience }),
      })
      const print = {
        json: ({ document }) => JSON.stringify(document, undefined, 2),
        hcl: renderHcl,
        'aws-cli': (made) => renderAwsCli(made, flags.role),
      } as const satisfies Record<GenerateFormat, (policy: TrustPolicy) => string>
      terminal.out(print[flags.output](policy))
    })
}

/** @throws ConfigError when there is none, or a choice */
async function onlyProvider(flags: GenerateFlags, terminal: Terminal): Promise<string> {
  if (flags.issuer !== undefined || flags.account !== undefined)
    throw new ConfigError('expected --issuer URL and --account ID together, or --provider ARN')
  const { place, listProviders } = await sourceOf(flags, terminal)
  const [only, ...more] = await listProviders()
  if (only === undefined)
    throw new ConfigError(`${place} has no OIDC provider`, {
      hint: 'aws iam create-open-id-connect-provider makes one; or say --provider ARN',
    })
  if (more.length === 0) return only
  throw new ConfigError(`${place} has ${more.length + 1} OIDC providers`, {
    hint: `say which with --provider: ${[only, ...more].join(', ')}`,
  })
}

interface CheckFlags {
  readonly role?: string
  readonly token?: string
  readonly live?: true
  readonly dataDir?: string
  readonly output: OutputFormat
}

function addCheck(trust: Command, terminal: Terminal): void {
  trust
    .command('check')
    .description('Look through a trust policy for what lets in too many or nobody; with a token, what it makes of it.')
    .argument('[FILE]', 'File with the policy; - is standard input. Without it, --role says whose.')
    .option(
      '--role <NAME|ARN>',
      'The role: without a file, its policy is read from the local cloud; with one, its account counts.',
    )
    .option('--token <FILE>', 'A token to ask the policy about. Its signature is NOT VERIFIED.')
    .option('--live', "Read the role from AWS, by the SDK's default credentials; nothing is changed there.")
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (file: string | undefined, flags: CheckFlags) => {
      const { checkTrust } = await import('../../tools/trust/index.ts')
      const token = flags.token === undefined ? undefined : await readTextOf(flags.token, terminal)
      const { policy, roleArn } =
        file === undefined ? await readRole(flags, terminal) : await readFile(file, flags, terminal)
      const check = checkTrust({
        policy,
        ...(roleArn === undefined ? {} : { roleArn }),
        ...(token === undefined ? {} : { token }),
      })
      await printResult({ value: check, table: () => renderTrustCheck(check, terminal) }, flags.output, terminal)
      const isRefused = check.token !== undefined && check.token.explanation.outcome !== 'allowed'
      if (isRefused || check.findings.some(({ severity }) => severity === 'error')) process.exitCode = NO
    })
}

async function readFile(name: string, { role }: CheckFlags, terminal: Terminal) {
  const roleArn = role?.startsWith('arn:') ? role : undefined
  return { policy: { name, text: await readTextOf(name, terminal) }, roleArn }
}

async function readRole({ role, ...flags }: CheckFlags, terminal: Terminal) {
  if (role === undefined)
    throw new ConfigError('there is no policy to look through', { hint: 'give its file, or the role with --role NAME' })
  const source = await sourceOf(flags, terminal)
  const found = await source.findRole(role)
  if (found?.trust === undefined) throw new ConfigError(`${source.place} has no role \`${role}\``)
  return { policy: found.trust, roleArn: found.arn }
}
