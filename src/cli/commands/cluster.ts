import { resolve } from 'node:path'
import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderTable } from '../render-table.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dataDir?: string
  readonly output: OutputFormat
}

interface AddFlags extends Flags {
  readonly kubeconfig: string
  readonly context?: string
  readonly account?: string
  readonly audience: readonly string[]
  readonly verifyBoundObjects?: true
}

export function addCluster(program: Command, terminal: Terminal): void {
  const cluster = program.command('cluster').description('Real clusters whose tokens the local cloud half takes.')
  addAdd(cluster, terminal)
  addList(cluster, terminal)
  addRemove(cluster, terminal)
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

function addAdd(cluster: Command, terminal: Terminal): void {
  cluster
    .command('add')
    .description(
      "Make a cluster's issuer known: its keys come from its API server, its OIDC provider is registered in IAM.",
    )
    .argument('<NAME>', 'What to call the cluster here.')
    .requiredOption(
      '--kubeconfig <FILE>',
      'Leads to the API server. A reference is kept, never a copy of its credentials.',
    )
    .option('--context <CONTEXT>', 'Context of the kubeconfig; default its current one, as it is now.')
    .option('--account <ID>', "In which the OIDC provider is registered; default the installation's first account.")
    .option(
      '--audience <AUDIENCE>',
      'Client id of the provider; default AWS STS, as the partition calls it. May be given several times.',
      collect,
      [],
    )
    .option(
      '--verify-bound-objects',
      'Ask the API server of every token (TokenReview); else a token of a deleted pod is accepted until it expires, as AWS does.',
    )
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (name: string, flags: AddFlags) => {
      const { addCluster: add } = await import('../../tools/cluster/index.ts')
      const { context, account } = flags
      const added = await add({
        dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
        name,
        kubeconfig: resolve(terminal.workingDirectory, flags.kubeconfig),
        ...(context === undefined ? {} : { context }),
        ...(account === undefined ? {} : { account }),
        audiences: flags.audience,
        verifiesBoundObjects: flags.verifyBoundObjects === true,
      })
      const { issuer, keys, verifiesBoundObjects, serverIsVerified } = added.cluster
      if (!serverIsVerified)
        terminal.err(
          `openirsa: warning: the certificate of the API server is NOT verified (insecure-skip-tls-verify): the keys may be anybody's`,
        )
      const table = (): string =>
        renderTable([
          ['cluster', name],
          ['issuer', issuer],
          ['keys', keys.keyIds.join(', ')],
          ['provider', `${added.providerArn}${added.provider === 'created' ? '' : ' (was there)'}`],
          ['every token asked', verifiesBoundObjects ? 'yes' : 'no: that of a deleted pod counts until it expires'],
        ])
      await printResult({ value: added, table }, flags.output, terminal)
    })
}

function addList(cluster: Command, terminal: Terminal): void {
  cluster
    .command('list')
    .description('Show the clusters that were added, and what is known of their keys.')
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { listClusters } = await import('../../tools/cluster/index.ts')
      const clusters = await listClusters(dataDirectoryOf(flags.dataDir, terminal.environment))
      const table = (): string =>
        clusters.length === 0
          ? 'no clusters were added'
          : renderTable([
              ['NAME', 'ISSUER', 'ACCOUNT', 'KEYS', 'FETCHED', 'ASKED', 'KUBECONFIG', 'LAST FAILURE'],
              ...clusters.map((one) => [
                one.name,
                one.issuer,
                one.account,
                one.keys.state,
                one.keys.fetchedAt ?? '-',
                one.verifiesBoundObjects ? 'yes' : 'no',
                `${one.kubeconfig} (${one.context})`,
                one.keys.failure ?? '-',
              ]),
            ])
      await printResult({ value: clusters, table }, flags.output, terminal)
    })
}

function addRemove(cluster: Command, terminal: Terminal): void {
  cluster
    .command('remove')
    .description('Forget a cluster: its API server is asked for nothing any more. Its OIDC provider stays in IAM.')
    .argument('<NAME>', 'As it was added.')
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (name: string, flags: Flags) => {
      const { removeCluster } = await import('../../tools/cluster/index.ts')
      const removed = await removeCluster(dataDirectoryOf(flags.dataDir, terminal.environment), name)
      const table = (): string =>
        [
          `forgot the cluster ${name}`,
          `its provider stays; to remove it as well: aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${removed.providerArn}`,
        ].join('\n')
      await printResult({ value: removed, table }, flags.output, terminal)
    })
}
