import { basename, resolve } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { ConfigError, parseServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import type { BindingCluster, BindWish, CloudPlace, ClusterPlace, Desired, Plan } from '../../tools/binding/index.ts'
import { NO } from '../ending.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { renderPlan, renderStep } from '../render-binding.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderTable } from '../render-table.ts'
import type { Terminal } from '../terminal.ts'

interface WhereFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly issuer?: string
  readonly dataDir?: string
}

interface CloudFlags extends WhereFlags {
  readonly to: 'local' | 'aws'
  readonly account?: string
  readonly roleName?: string
  readonly yes?: true
}

type BindFormat = 'table' | 'json' | 'hcl' | 'aws-cli' | 'yaml'

interface BindFlags extends CloudFlags {
  readonly roleArn?: string
  readonly policyArn: readonly string[]
  readonly policyFile: readonly string[]
  readonly permissionsBoundary?: string
  readonly audience?: string
  readonly output: BindFormat
}

const ROLE = 'eks.amazonaws.com/role-arn'
const tool = () => import('../../tools/binding/index.ts')
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addSa(program: Command, terminal: Terminal): void {
  const sa = program.command('sa').description('Service accounts and their roles: bind, unbind, list, show.')
  addBind(sa, terminal)
  addUnbind(sa, terminal)
  addList(sa, terminal)
  addShow(sa, terminal)
}

function where(command: Command): Command {
  return command
    .option('--kubeconfig <FILE>', 'A real cluster; default the local one of the installation.')
    .option('--context <CONTEXT>', 'Context of the kubeconfig; default its current one.')
    .option('--issuer <URL>', 'Issuer that AWS knows the cluster by; default what its API server says.')
    .addOption(dataDirectoryFlag())
}

function cloud(command: Command): Command {
  return where(command)
    .addOption(
      new Flag('--to <CLOUD>', 'Whose IAM: of the installation, or of AWS.').choices(['local', 'aws']).default('local'),
    )
    .option('--account <ID>', 'Account of the installation; default its first.')
    .option('--role-name <NAME>', 'Name of the role; default irsa-NAMESPACE-NAME.')
    .option('-y, --yes', 'Do it; without, the plan is shown and nothing is changed.')
}

function addBind(sa: Command, terminal: Terminal): void {
  cloud(sa.command('bind'))
    .description(
      'Give a service account its role: provider, role, trust policy, policies, annotation. Shows the plan; --yes does it.',
    )
    .argument('<NAMESPACE/NAME>', 'The service account.')
    .option('--policy-arn <ARN>', 'Managed policy of the role. May be given several times.', collect, [])
    .option('--policy-file <FILE>', 'Inline policy, called as the file is. May be given several times.', collect, [])
    .option('--role-arn <ARN>', 'Instead: a role that exists, left as it is.')
    .option('--permissions-boundary <ARN>', 'Boundary of the role that is made.')
    .option('--audience <AUDIENCE>', 'Whom tokens are for; default AWS STS, as the partition calls it.')
    .addOption(
      new Flag('-o, --output <FORMAT>', 'Output: the plan, or all of it for Terraform, for the AWS CLI, for kubectl.')
        .choices(['table', 'json', 'hcl', 'aws-cli', 'yaml'] satisfies BindFormat[])
        .default('table'),
    )
    .action(async (name: string, flags: BindFlags) => {
      const wish = await wishOf(refOf(name), flags, terminal)
      await withBoth(flags, terminal, async (cluster, ours) => {
        const { desiredOf, planBinding, renderAwsCli, renderHcl, renderYaml } = await tool()
        const print = { hcl: renderHcl, 'aws-cli': renderAwsCli, yaml: renderYaml } as const satisfies Record<
          Exclude<BindFormat, 'table' | 'json'>,
          (desired: Desired) => string
        >
        const { output } = flags
        if (output !== 'table' && output !== 'json')
          return terminal.out(print[output](desiredOf(wish, { ...ours, issuer: cluster.issuer })))
        await settle(await planBinding(wish, ours, cluster), { yes: flags.yes, output }, terminal)
      })
    })
}

function addUnbind(sa: Command, terminal: Terminal): void {
  cloud(sa.command('unbind'))
    .description(
      'Take a service account its role: the annotation, and the role that `bind` made. Shows the plan; --yes does it.',
    )
    .argument('<NAMESPACE/NAME>', 'The service account.')
    .addOption(outputFlag())
    .action(async (name: string, flags: CloudFlags & { readonly output: OutputFormat }) => {
      const { roleName } = flags
      const whose = { serviceAccount: refOf(name), ...(roleName === undefined ? {} : { roleName }) }
      await withBoth(flags, terminal, async (cluster, ours) => {
        const { planUnbinding } = await tool()
        await settle(await planUnbinding(whose, ours, cluster), flags, terminal)
      })
    })
}

/** Shows the plan, or does it step by step. */
async function settle(
  plan: Plan,
  { yes, output }: { readonly yes?: true | undefined; readonly output: OutputFormat },
  terminal: Terminal,
): Promise<void> {
  const { applyPlan, changes } = await tool()
  const steps = plan.steps.map(({ phase, action, what }) => ({ phase, action, what }))
  if (yes !== true) {
    const value = { ...plan, steps, applied: false }
    await printResult({ value, table: () => renderPlan(plan, changes(plan), terminal) }, output, terminal)
    return
  }
  await applyPlan(plan, (step) => {
    if (output === 'table') terminal.out(renderStep(step, terminal))
  })
  if (output !== 'table')
    await printResult({ value: { ...plan, steps, applied: true }, table: () => '' }, output, terminal)
}

function addList(sa: Command, terminal: Terminal): void {
  where(sa.command('list'))
    .description('List the service accounts that have a role.')
    .option('-n, --namespace <NAMESPACE>', 'Of one namespace; default all.')
    .option('-A, --all', 'Also those without a role.')
    .addOption(outputFlag())
    .action(
      async (
        flags: WhereFlags & { readonly namespace?: string; readonly all?: true; readonly output: OutputFormat },
      ) => {
        const { openCluster } = await tool()
        const cluster = await openCluster(clusterPlace(flags, terminal))
        try {
          const found = (await cluster.list(flags.namespace))
            .filter(({ annotations }) => flags.all === true || annotations[ROLE] !== undefined)
            .map(({ namespace, name, annotations }) => ({ namespace, name, roleArn: annotations[ROLE] }))
          const rows = found.map((one) => [`${one.namespace}/${one.name}`, one.roleArn ?? '-'])
          const table = (): string => (rows.length === 0 ? 'no service account has a role' : renderTable(rows))
          await printResult({ value: found, table }, flags.output, terminal)
        } finally {
          await cluster.close()
        }
      },
    )
}

function addShow(sa: Command, terminal: Terminal): void {
  where(sa.command('show'))
    .description('Show what a service account says of its role. Exit 1 when there is none.')
    .argument('<NAMESPACE/NAME>', 'The service account.')
    .addOption(outputFlag())
    .action(async (name: string, flags: WhereFlags & { readonly output: OutputFormat }) => {
      const ref = refOf(name)
      const { openCluster } = await tool()
      const cluster = await openCluster(clusterPlace(flags, terminal))
      try {
        const found = await cluster.find(ref)
        if (found === undefined) throw new ConfigError(`the service account \`${name}\` does not exist`)
        const own = Object.entries(found.annotations).filter(([key]) => key.startsWith('eks.amazonaws.com/'))
        const value = { ...ref, issuer: cluster.issuer, annotations: Object.fromEntries(own) }
        const table = (): string => renderTable([['service account', name], ['issuer', cluster.issuer], ...own])
        await printResult({ value, table }, flags.output, terminal)
        if (found.annotations[ROLE] === undefined) process.exitCode = NO
      } finally {
        await cluster.close()
      }
    })
}

async function withBoth(
  flags: CloudFlags,
  terminal: Terminal,
  work: (
    cluster: BindingCluster,
    ours: Awaited<ReturnType<typeof import('../../tools/binding/index.ts')['openCloud']>>,
  ) => Promise<void>,
): Promise<void> {
  if (flags.to === 'aws' && flags.kubeconfig === undefined)
    throw new ConfigError('AWS cannot fetch the keys of the local cluster', {
      hint: 'name a real cluster with --kubeconfig FILE, or bind to the local cloud (--to local)',
    })
  const { openCloud, openCluster } = await tool()
  const cluster = await openCluster(clusterPlace(flags, terminal))
  try {
    await work(cluster, await openCloud(cloudPlace(flags, terminal)))
  } finally {
    await cluster.close()
  }
}

function clusterPlace({ kubeconfig, context, issuer, dataDir }: WhereFlags, terminal: Terminal): ClusterPlace {
  return {
    dataDirectory: dataDirectoryOf(dataDir, terminal.environment),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(terminal.workingDirectory, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(issuer === undefined ? {} : { issuer }),
    environment: terminal.environment,
    say: terminal.err,
  }
}

function cloudPlace({ to, account, dataDir }: CloudFlags, terminal: Terminal): CloudPlace {
  const dataDirectory = dataDirectoryOf(dataDir, terminal.environment)
  return { to, dataDirectory, ...(account === undefined ? {} : { account }) }
}

function refOf(text: string): ServiceAccountRef {
  const ref = parseServiceAccountRef(text)
  if (ref !== undefined) return ref
  throw new ConfigError(`expected NAMESPACE/NAME, found \`${text.slice(0, 100)}\``, { hint: 'such as shop/orders' })
}

async function wishOf(serviceAccount: ServiceAccountRef, flags: BindFlags, terminal: Terminal): Promise<BindWish> {
  const { roleName, roleArn, permissionsBoundary, audience, policyArn, policyFile } = flags
  const inlinePolicies = []
  for (const file of policyFile)
    inlinePolicies.push({ name: basename(file).replace(/\.json$/, ''), text: await readTextOf(file, terminal) })
  return {
    serviceAccount,
    policyArns: policyArn,
    inlinePolicies,
    ...(roleName === undefined ? {} : { roleName }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
    ...(audience === undefined ? {} : { audience }),
  }
}
