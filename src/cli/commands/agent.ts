import type { Command } from 'commander'
import { ConfigError } from '../../core/index.ts'
import { readTextOf } from '../input.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

interface Flags {
  readonly clusterName: string
  readonly roleArn: string
  readonly region?: string
  readonly endpoint?: string
  readonly endpointCa?: string
  readonly namespace: string
  readonly existingNamespace?: true
  readonly image: string
}

export function addAgent(program: Command, terminal: Terminal): void {
  const agent = program
    .command('agent')
    .description('The agent of EKS Pod Identity that runs on each node: print what it needs in a cluster.')
  agent
    .command('manifest')
    .description('Print everything that makes the agent run on each node of a cluster, for `kubectl apply -f -`.')
    .requiredOption('--cluster-name <NAME>', 'The cluster, as EKS calls it.')
    .requiredOption(
      '--role-arn <ARN>',
      'Role of the agent itself: it has eks-auth:AssumeRoleForPodIdentity, and trusts the service account openirsa-agent.',
    )
    .option('--region <REGION>', 'Of the cluster; default that of AWS_REGION.')
    .option('--endpoint <URL>', 'Endpoint of EKS Auth and STS, https; default those of AWS.')
    .option('--endpoint-ca <FILE>', 'Certificate of the CA (PEM) of --endpoint; - is standard input.')
    .option('--namespace <NAME>', 'Where the agent runs.', 'openirsa-agent')
    .option(
      '--existing-namespace',
      'The namespace is there already: print none, so that deleting what is printed leaves it.',
    )
    .option('--image <REF>', 'Image of openirsa, as the nodes of the cluster name it.', `openirsa:${version()}`)
    .action(async (flags: Flags) => {
      const { renderAgentManifest } = await import('../../tools/agent/index.ts')
      const { endpointCa } = flags
      const text = await renderAgentManifest({
        namespace: flags.namespace,
        namespaceOrigin: flags.existingNamespace ? 'existing' : 'made',
        image: flags.image,
        clusterName: flags.clusterName,
        roleArn: flags.roleArn,
        region: regionOf(flags, terminal),
        endpoint: flags.endpoint,
        endpointAuthority: endpointCa === undefined ? undefined : await readTextOf(endpointCa, terminal),
      })
      terminal.out(text)
    })
}

function regionOf({ region }: Flags, { environment }: Terminal): string {
  const found = region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION)
  if (found === undefined || found === '')
    throw new ConfigError('the region of the cluster is not known', { hint: 'give --region, or set AWS_REGION' })
  return found
}
