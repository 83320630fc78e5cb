import { dirname, isAbsolute, join } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { ConfigError, instant } from '../../core/index.ts'
import type {
  Expectation,
  GivenPolicies,
  KeyValue,
  PolicySource,
  PolicyTestResult,
  PolicyText,
  Question,
} from '../../tools/policy/index.ts'
import { NO } from '../ending.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { sourceOf } from '../policy-source.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import {
  renderFailure,
  renderPolicyExplanation,
  renderTestResults,
  renderVerdicts,
  renderWhoCan,
} from '../render-policy.ts'
import type { Terminal } from '../terminal.ts'
import { addGenerate } from './policy-generate.ts'
import { addValidate } from './policy-validate.ts'

interface QuestionFlags {
  readonly principal: string
  readonly action: readonly string[]
  readonly resource: readonly string[]
  readonly resourceAccount?: string
  readonly context: readonly string[]
  readonly policy: readonly string[]
  readonly boundary?: string
  readonly sessionPolicy: readonly string[]
  readonly resourcePolicy?: string
  readonly scp: readonly string[]
  readonly rcp: readonly string[]
  readonly endpointPolicy?: string
  readonly live?: true
  readonly dataDir?: string
  readonly output: OutputFormat
}

interface SimulateFlags extends QuestionFlags {
  readonly expect?: Expectation
}

export function addPolicy(program: Command, terminal: Terminal): void {
  const policy = program
    .command('policy')
    .description(
      'Ask policies: would a request be allowed, why not, do their tests pass, who can, what is the least policy.',
    )
  addSimulate(policy, terminal)
  addExplain(policy, terminal)
  addTest(policy, terminal)
  addWhoCan(policy, terminal)
  addValidate(policy, terminal)
  addGenerate(policy, terminal)
}

function addSimulate(policy: Command, terminal: Terminal): void {
  addQuestionFlags(
    policy
      .command('simulate')
      .description(
        'Would the principal be allowed? Every action on every resource; exit 1 when one is not as expected.',
      ),
  )
    .addOption(
      new Flag(
        '--expect <OUTCOME>',
        'What is expected; without it, allowed is yes (0) and anything else no (1).',
      ).choices(['allowed', 'denied', 'implicitDeny', 'explicitDeny'] satisfies Expectation[]),
    )
    .action(async (flags: SimulateFlags) => {
      const { isAsExpected, simulate } = await import('../../tools/policy/index.ts')
      const { inquiries, notes } = await gather(flags, terminal)
      const verdicts = inquiries.map(simulate)
      for (const note of notes) terminal.err(`openirsa: ${note}`)
      await printResult({ value: verdicts, table: () => renderVerdicts(verdicts) }, flags.output, terminal)
      const expected = flags.expect ?? 'allowed'
      if (!verdicts.every(({ outcome }) => isAsExpected(outcome, expected))) process.exitCode = NO
    })
}

function addExplain(policy: Command, terminal: Terminal): void {
  addQuestionFlags(
    policy
      .command('explain')
      .description('Why would the principal be allowed or not? The ladder, what came nearest, the smallest change.'),
  ).action(async (flags: QuestionFlags) => {
    const { explainInquiry } = await import('../../tools/policy/index.ts')
    const { inquiries, notes } = await gather(flags, terminal)
    const explanations = inquiries.map((inquiry) => explainInquiry(inquiry, notes))
    const table = (): string => explanations.map((one) => renderPolicyExplanation(one, terminal)).join('\n\n')
    await printResult({ value: explanations, table }, flags.output, terminal)
    if (explanations.some(({ outcome }) => outcome !== 'allowed')) process.exitCode = NO
  })
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value]

function addQuestionFlags(command: Command): Command {
  return command
    .requiredOption(
      '--principal <PRINCIPAL>',
      'Who asks: an ARN (a role stands for a session of it), a service, or anonymous.',
    )
    .requiredOption('--action <ACTION>', 'What is asked, such as s3:GetObject. May be given several times.', collect)
    .option('--resource <ARN>', 'On what; default *. May be given several times.', collect)
    .option(
      '--resource-account <ID>',
      "Account that owns the resource; default the one in its ARN, else the principal's.",
    )
    .option('--context <KEY=VALUE>', 'A context key; given again, a key of many values.', collect, [])
    .option('--policy <FILE>', 'A policy of the principal. With a policy given, files alone decide.', collect, [])
    .option('--boundary <FILE>', 'The permissions boundary.')
    .option('--session-policy <FILE>', 'A policy passed with the session.', collect, [])
    .option('--resource-policy <FILE>', 'The policy of the resource; of a role its trust policy.')
    .option('--scp <FILE,…>', 'Service control policies of one level; once a level, from the root down.', collect, [])
    .option('--rcp <FILE,…>', 'Resource control policies of one level; once a level, from the root down.', collect, [])
    .option('--endpoint-policy <FILE>', 'The policy of the endpoint.')
    .option(
      '--live',
      "Read what is not given from AWS, by the SDK's default credentials, but for an organization's policies; nothing is changed there.",
    )
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
}

async function gather(flags: QuestionFlags, terminal: Terminal) {
  const { gatherInquiries } = await import('../../tools/policy/index.ts')
  const given = await readGiven(flags, terminal)
  const question: Question = {
    principal: flags.principal,
    actions: flags.action,
    resources: flags.resource ?? ['*'],
    ...(flags.resourceAccount === undefined ? {} : { resourceAccount: flags.resourceAccount }),
    context: contextOf(flags.context),
    given,
    now: instant(Date.now()),
  }
  return gatherInquiries(question, isFromFiles(given) && !flags.live ? undefined : await sourceOf(flags, terminal))
}

function isFromFiles({ identity, boundary, session, resource, scp, rcp, endpoint }: GivenPolicies): boolean {
  const single = [boundary, resource, endpoint].some((policy) => policy !== undefined)
  return single || [identity, session, scp, rcp].some((policies) => policies.length > 0)
}

async function readGiven(flags: QuestionFlags, terminal: Terminal): Promise<GivenPolicies> {
  const one = async (name: string): Promise<PolicyText> => ({ name, text: await readTextOf(name, terminal) })
  const many = (names: readonly string[]) => Promise.all(names.map(one))
  const levels = (lists: readonly string[]) => Promise.all(lists.map((list) => many(list.split(','))))
  const { boundary, resourcePolicy, endpointPolicy } = flags
  return {
    identity: await many(flags.policy),
    ...(boundary === undefined ? {} : { boundary: await one(boundary) }),
    session: await many(flags.sessionPolicy),
    ...(resourcePolicy === undefined ? {} : { resource: await one(resourcePolicy) }),
    scp: await levels(flags.scp),
    rcp: await levels(flags.rcp),
    ...(endpointPolicy === undefined ? {} : { endpoint: await one(endpointPolicy) }),
  }
}

/** Reads `KEY=VALUE`; a key that comes twice has many values. */
function contextOf(pairs: readonly string[]): Readonly<Record<string, KeyValue>> {
  const context: Record<string, KeyValue> = {}
  for (const pair of pairs) {
    const mark = pair.indexOf('=')
    if (mark < 1)
      throw new ConfigError(`--context: expected KEY=VALUE, found \`${pair.slice(0, 100)}\``, {
        hint: 'such as aws:SourceIp=10.0.0.1',
      })
    const [key, value] = [pair.slice(0, mark), pair.slice(mark + 1)]
    const before = Object.hasOwn(context, key) ? context[key] : undefined
    context[key] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value]
  }
  return context
}

type TestFormat = 'table' | 'json' | 'junit'

interface TestFlags {
  readonly live?: true
  readonly dataDir?: string
  readonly output: TestFormat
}

function addTest(policy: Command, terminal: Terminal): void {
  policy
    .command('test')
    .description('Run unit tests of policies; exit 1 when a case fails, each failure explained.')
    .argument('<FILE...>', 'Test files, YAML or JSON; - is standard input')
    .option('--live', 'Read policies that are named by ARN from AWS instead of the local cloud.')
    .addOption(dataDirectoryFlag())
    .addOption(
      new Flag('-o, --output <FORMAT>', 'Output: table for people; json for programs; junit for CI systems.')
        .choices(['table', 'json', 'junit'] satisfies TestFormat[])
        .default('table'),
    )
    .action(async (files: readonly string[], flags: TestFlags) => {
      const { readTestFile, renderJunit, runPolicyTests } = await import('../../tools/policy/index.ts')
      const results: PolicyTestResult[] = []
      for (const name of files) {
        const file = await readTestFile(name, await readTextOf(name, terminal))
        results.push(...(await runPolicyTests(file, policiesByName(flags, terminal))))
      }
      const print = {
        table: () => renderTestResults(results, terminal),
        json: () => JSON.stringify({ passed: results.every(({ passed }) => passed), results }),
        junit: () => renderJunit(results, (result) => renderFailure(result, { paint: (_style, text) => text })),
      } as const satisfies Record<TestFormat, () => string>
      terminal.out(print[flags.output]())
      if (results.some(({ passed }) => !passed)) process.exitCode = NO
    })
}

/** Files from the folder of the test file; ARNs from the local cloud, which is asked only when one is named. */
function policiesByName(flags: Pick<TestFlags, 'live' | 'dataDir'>, terminal: Terminal) {
  let source: Promise<PolicySource> | undefined
  return {
    readFile: async (name: string, from: string) => {
      const path = isAbsolute(name) || from === '-' ? name : join(dirname(from), name)
      return { path, text: await readTextOf(path, terminal) }
    },
    getPolicy: async (arn: string) => {
      source ??= sourceOf(flags, terminal)
      const { place, findPolicy } = await source
      const found = await findPolicy(arn)
      if (found === undefined) throw new ConfigError(`${place} has no policy \`${arn}\``)
      return found
    },
  }
}

interface WhoCanFlags {
  readonly context: readonly string[]
  readonly live?: true
  readonly dataDir?: string
  readonly output: OutputFormat
}

function addWhoCan(policy: Command, terminal: Terminal): void {
  policy
    .command('who-can')
    .description('Which users and roles of the account would be allowed? Exit 1 when nobody would.')
    .argument('<ACTION>', 'Such as s3:GetObject')
    .argument('<RESOURCE>', 'An ARN, or * for actions without resource types')
    .option('--context <KEY=VALUE>', 'A context key; given again, a key of many values.', collect, [])
    .option(
      '--live',
      "Ask AWS, by the SDK's default credentials, instead of the local cloud, but for an organization's policies; nothing is changed there.",
    )
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (action: string, resource: string, flags: WhoCanFlags) => {
      const { findWhoCan } = await import('../../tools/policy/index.ts')
      const question = { action, resource, context: contextOf(flags.context), now: instant(Date.now()) }
      const { allowed, asked, notes } = await findWhoCan(question, await sourceOf(flags, terminal))
      for (const note of notes) terminal.err(`openirsa: ${note}`)
      await printResult(
        { value: { allowed, asked, notes }, table: () => renderWhoCan(allowed, asked) },
        flags.output,
        terminal,
      )
      if (allowed.length === 0) process.exitCode = NO
    })
}
