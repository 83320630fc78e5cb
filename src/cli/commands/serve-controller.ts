import { resolve } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { asDuration, dataDirectoryOf } from '../../config/index.ts'
import { ConfigError, isNamespaceName, isObjectName } from '../../core/index.ts'
import type { ControllerOptions } from '../../tools/controller/index.ts'
import { dataDirectoryFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import type { Terminal } from '../terminal.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

interface Flags {
  readonly allow?: string
  readonly clusterName?: string
  readonly podIdentities: string
  readonly podIdentitiesInterval: string
  readonly to: 'local' | 'aws'
  readonly account?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly issuer?: string
  readonly dataDir?: string
  readonly logLevel: (typeof LEVELS)[number]
}

export function addServeController(serve: Command, terminal: Terminal): void {
  serve
    .command('controller')
    .description(
      'Give service accounts the roles that their annotations ask for (openirsa.dev/policies, openirsa.dev/role), within an allow-list (--allow); write which of them have a Pod Identity association into a ConfigMap that the webhook reads (--cluster-name).',
    )
    .option(
      '--allow <FILE>',
      'YAML: which policies and roles each namespace may ask for; what is not listed is refused.',
    )
    .option('--cluster-name <NAME>', 'The cluster, as EKS calls it, whose Pod Identity associations are written.')
    .option(
      '--pod-identities <NAMESPACE/NAME>',
      'The ConfigMap that they are written to; made when it is missing.',
      'openirsa-webhook/openirsa-pod-identities',
    )
    .option('--pod-identities-interval <DURATION>', 'How often EKS is asked for them, such as 15s.', '15s')
    .addOption(new Flag('--to <CLOUD>', 'Of the installation, or of AWS.').choices(['local', 'aws']).default('aws'))
    .option('--account <ID>', 'Account of the installation; default its first.')
    .option('--kubeconfig <FILE>', 'The cluster; default that of KUBECONFIG, else the one that the controller runs in.')
    .option('--context <CONTEXT>', 'Context of the kubeconfig; default its current one.')
    .option('--issuer <URL>', 'Issuer that AWS knows the cluster by; default what its API server says.')
    .addOption(dataDirectoryFlag())
    .addOption(new Flag('--log-level <LEVEL>', 'Least severe lines that go to stderr.').choices(LEVELS).default('info'))
    .action(async (flags: Flags) => {
      const { account, kubeconfig, context, issuer, allow } = flags
      const { serveController } = await import('../../tools/controller/index.ts')
      const served = await serveController({
        to: flags.to,
        dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
        ...(account === undefined ? {} : { account }),
        ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(terminal.workingDirectory, kubeconfig) }),
        ...(context === undefined ? {} : { context }),
        ...(issuer === undefined ? {} : { issuer }),
        ...(allow === undefined ? {} : { allowList: { name: allow, text: await readTextOf(allow, terminal) } }),
        ...podIdentitiesOf(flags),
        logLevel: flags.logLevel,
        environment: terminal.environment,
        say: terminal.err,
      })
      const stopped = served.untilStopped()
      for (const duty of served.duties) terminal.out(duty)
      await stopped
    })
}

/** SPEC: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, `name`. */
const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/

function podIdentitiesOf(flags: Flags): Pick<ControllerOptions, 'podIdentities'> {
  const { clusterName } = flags
  if (clusterName === undefined) return {}
  if (!CLUSTER_NAME.test(clusterName))
    throw new ConfigError(`--cluster-name: \`${clusterName.slice(0, 100)}\` cannot be the name of a cluster in EKS`)
  const [namespace = '', name = '', ...more] = flags.podIdentities.split('/')
  if (more.length > 0 || !isNamespaceName(namespace) || !isObjectName(name))
    throw new ConfigError(
      `--pod-identities: expected NAMESPACE/NAME of a ConfigMap, found \`${flags.podIdentities.slice(0, 100)}\``,
    )
  const interval = asDuration(flags.podIdentitiesInterval, 'pod-identities-interval')
  if (interval < 1 || interval > 3600)
    throw new ConfigError(`--pod-identities-interval: expected 1s to 1h, found \`${flags.podIdentitiesInterval}\``)
  return { podIdentities: { clusterName, namespace, name, interval } }
}
