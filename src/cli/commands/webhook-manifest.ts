import { type Command, Option as Flag } from 'commander'
import { parsePflags, webhookFlags } from '../../config/index.ts'
import { readTextOf } from '../input.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

interface Flags {
  readonly namespace: string
  readonly existingNamespace?: true
  readonly image: string
  readonly failurePolicy: 'Ignore' | 'Fail'
  readonly certificates: 'self' | 'cert-manager'
  readonly excludeNamespace: readonly string[]
  readonly drift: boolean
  readonly podIdentities?: true
  readonly region?: string
  readonly endpointCa?: string
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addWebhookManifest(webhook: Command, terminal: Terminal): void {
  const command = webhook
    .command('manifest')
    .description('Print everything that makes the webhook run in a cluster, for `kubectl apply -f -`.')
    .usage('[options] [--flag=VALUE]…')
    .option('--namespace <NAME>', 'Where the webhook runs.', 'openirsa-webhook')
    .option(
      '--existing-namespace',
      'The namespace is there already: print none, so that deleting what is printed leaves it.',
    )
    .option('--image <REF>', 'Image of openirsa, as the nodes of the cluster name it.', `openirsa:${version()}`)
    .addOption(
      new Flag('--failure-policy <POLICY>', 'Pods that the webhook cannot be asked about: let through, or refused.')
        .choices(['Ignore', 'Fail'] satisfies Flags['failurePolicy'][])
        .default('Ignore'),
    )
    .addOption(
      new Flag('--certificates <KEEPER>', 'Who makes the certificate and tells API servers to trust it.')
        .choices(['self', 'cert-manager'] satisfies Flags['certificates'][])
        .default('self'),
    )
    .option(
      '--exclude-namespace <NAME>',
      'Namespace whose pods are not shown to the webhook. May be given several times.',
      collect,
      [],
    )
    .option(
      '--no-drift',
      'Do not look for running pods that lack what they should have: no right to list pods is needed.',
    )
    .option(
      '--pod-identities',
      'Container credentials (EKS Pod Identity) for the service accounts that the ConfigMap openirsa-pod-identities lists; `serve controller --cluster-name` writes it.',
    )
    .option('--region <REGION>', 'The same as --aws-default-region.')
    .option('--endpoint-ca <FILE>', 'Certificate of the CA (PEM) of --endpoint-url; - is standard input.')
    .addHelpText('after', SETTINGS)
    .allowUnknownOption()
    .allowExcessArguments()
  command.action(async (flags: Flags) => {
    const { renderWebhookManifest } = await import('../../tools/webhook/index.ts')
    const region = flags.region === undefined ? [] : [`--aws-default-region=${flags.region}`]
    const { endpointCa } = flags
    const text = await renderWebhookManifest({
      namespace: flags.namespace,
      namespaceOrigin: flags.existingNamespace ? 'existing' : 'made',
      image: flags.image,
      failurePolicy: flags.failurePolicy,
      certificates: flags.certificates,
      excludedNamespaces: flags.excludeNamespace,
      drift: flags.drift ? 'on' : 'off',
      podIdentities: flags.podIdentities ? 'config-map' : 'none',
      ...(endpointCa === undefined ? {} : { endpointAuthority: await readTextOf(endpointCa, terminal) }),
      settings: parsePflags(webhookFlags, [...region, ...command.args]),
    })
    terminal.out(text)
  })
}

const SETTINGS = `
Any flag of \`openirsa webhook serve\` may follow, for the webhook that will run, such as
  --aws-default-region=eu-central-1  --sts-regional-endpoint  --token-audience=AUDIENCE  --watch-config-map
  --endpoint-url=https://openirsa.example:4566  --endpoint-url-sts=URL`
