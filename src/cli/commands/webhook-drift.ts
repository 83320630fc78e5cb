import type { Command } from 'commander'
import { parsePflags, webhookFlags } from '../../config/index.ts'
import type { FoundDrift, KubeChoice } from '../../tools/webhook/index.ts'
import { NO } from '../ending.ts'
import { outputFlag } from '../flags.ts'
import { printable } from '../printable.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderTable } from '../render-table.ts'
import type { Terminal } from '../terminal.ts'

interface Flags extends KubeChoice {
  readonly namespace?: string
  readonly excludeNamespace: readonly string[]
  readonly events: boolean
  readonly restart?: true
  readonly output: OutputFormat
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addWebhookDrift(webhook: Command, terminal: Terminal): void {
  const command = webhook
    .command('drift')
    .description(
      'Find running pods that lack the credentials they should have, and write Events on them and their controllers; exit 1 when there are some.',
    )
    .usage('[options] [--flag=VALUE]…')
    .option('-n, --namespace <NAME>', 'Namespace to look in; default all of them.')
    .option(
      '--exclude-namespace <NAME>',
      "Namespace to leave out, beside those that the webhook's configuration leaves out. May be given several times.",
      collect,
      [],
    )
    .option('--no-events', 'Write no Events.')
    .option(
      '--restart',
      'Restart the Deployments, StatefulSets and DaemonSets of such pods, as kubectl rollout restart does.',
    )
    .option('--kubeconfig <FILE>', 'Kubeconfig; default KUBECONFIG, the cluster of this pod, ~/.kube/config.')
    .option('--context <NAME>', 'Context of the kubeconfig.')
    .addOption(outputFlag())
    .addHelpText('after', SETTINGS)
    .allowUnknownOption()
    .allowExcessArguments()
  command.action(async (flags: Flags) => {
    const { values } = parsePflags(webhookFlags, command.args)
    const { findDriftedPods, openKube } = await import('../../tools/webhook/index.ts')
    const kube = await openKube(flags, { environment: terminal.environment, say: terminal.err })
    try {
      const wish = {
        flags: values,
        ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
        excludedNamespaces: flags.excludeNamespace,
        consequences: new Set([
          ...(flags.events ? ['tell' as const] : []),
          ...(flags.restart ? ['restart' as const] : []),
        ]),
      }
      const found = await findDriftedPods(wish, kube)
      const value = { ...found, seenAt: new Date(found.seenAt).toISOString() }
      await printResult({ value, table: () => renderDrift(found) }, flags.output, terminal)
      if (found.drifted.length > 0) process.exitCode = NO
    } finally {
      await kube.close()
    }
  })
}

const SETTINGS = `
Any flag of \`openirsa webhook serve\` may follow, as the webhook has it, such as
  --annotation-prefix=DOMAIN  --watch-config-map`

function renderDrift({ drifted, podCount, eventsWritten, restarted }: FoundDrift): string {
  const last = [
    `${drifted.length} of ${podCount} running pods lack what they should have; ${eventsWritten} Events written`,
    ...restarted.map((name) => `restarted: ${printable(name)}`),
  ].join('\n')
  if (drifted.length === 0) return last
  const rows = drifted.map(({ pod, controller, finding, message }) =>
    [
      pod.namespace,
      pod.name,
      controller === undefined ? '-' : `${controller.kind}/${controller.name}`,
      finding,
      message,
    ].map(printable),
  )
  return `${renderTable([['NAMESPACE', 'POD', 'CONTROLLER', 'FINDING', 'WHAT'], ...rows])}\n\n${last}`
}
