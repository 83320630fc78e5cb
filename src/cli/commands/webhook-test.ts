import type { Command } from 'commander'
import { parsePflags, webhookFlags } from '../../config/index.ts'
import type { KubeChoice, TrialWish } from '../../tools/webhook/index.ts'
import { NO } from '../ending.ts'
import { outputFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderLiveTrial, renderTrial } from '../render-trial.ts'
import type { Terminal } from '../terminal.ts'

interface Flags extends KubeChoice {
  readonly filename: readonly string[]
  readonly serviceAccountFile: readonly string[]
  readonly live?: true
  readonly namespace?: string
  readonly output: OutputFormat
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addWebhookTest(webhook: Command, terminal: Terminal): void {
  const command = webhook
    .command('test')
    .description('Show what the webhook would make of a pod, and why; exit 1 when it would start without credentials.')
    .usage('[options] [--flag=VALUE]…')
    .requiredOption(
      '-f, --filename <FILE>',
      'YAML of a Pod, Deployment or the like; - is standard input. Several times.',
      collect,
      [],
    )
    .option(
      '--service-account-file <FILE>',
      'YAML of its service account, when FILE does not have it. Several times.',
      collect,
      [],
    )
    .option('--live', 'Have a cluster create the pod as a dry run, through all its webhooks; nothing is kept there.')
    .option(
      '--kubeconfig <FILE>',
      'With --live: kubeconfig; default KUBECONFIG, the cluster of this pod, ~/.kube/config.',
    )
    .option('--context <NAME>', 'With --live: context of the kubeconfig.')
    .option('-n, --namespace <NAME>', 'Namespace of what names none; default that of the context, or default.')
    .addOption(outputFlag())
    .addHelpText('after', SETTINGS)
    .allowUnknownOption()
    .allowExcessArguments()
  command.action(async (flags: Flags) => {
    const wish = await readWish(flags, command.args, terminal)
    const { isProvided, tryPods } = await import('../../tools/webhook/index.ts')
    if (flags.live) return tryCluster(flags, wish, terminal)
    const trials = await tryPods({ ...wish, namespace: flags.namespace ?? 'default' })
    const table = (): string => trials.map((trial) => renderTrial(trial, terminal)).join('\n\n')
    await printResult({ value: trials, table }, flags.output, terminal)
    if (!trials.every(isProvided)) process.exitCode = NO
  })
}

const SETTINGS = `
Any flag of \`openirsa webhook serve\` may follow, as the webhook has it, such as
  --aws-default-region=eu-central-1  --annotation-prefix=DOMAIN  --failure-policy=Fail  --endpoint-url=URL`

async function readWish(
  flags: Flags,
  words: readonly string[],
  terminal: Terminal,
): Promise<Omit<TrialWish, 'namespace'>> {
  const { values } = parsePflags(webhookFlags, words)
  const files = []
  for (const name of [...flags.filename, ...flags.serviceAccountFile])
    files.push({ name, text: await readTextOf(name, terminal) })
  const authority = values['endpoint-ca']
  const read = authority === '' ? {} : { endpointAuthority: await readTextOf(authority, terminal) }
  return { files, flags: values, ...read }
}

async function tryCluster(flags: Flags, wish: Omit<TrialWish, 'namespace'>, terminal: Terminal): Promise<void> {
  const { openKube, tryLive } = await import('../../tools/webhook/index.ts')
  const kube = await openKube(flags, { environment: terminal.environment, say: terminal.err })
  try {
    const trials = await tryLive({ ...wish, namespace: flags.namespace ?? kube.access.namespace ?? 'default' }, kube)
    const table = (): string => trials.map((trial) => renderLiveTrial(trial, terminal)).join('\n\n')
    await printResult({ value: trials, table }, flags.output, terminal)
    if (trials.some(({ outcome }) => outcome !== 'provided')) process.exitCode = NO
  } finally {
    await kube.close()
  }
}
