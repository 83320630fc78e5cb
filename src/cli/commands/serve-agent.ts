import { isIP } from 'node:net'
import { type Command, Option as Flag } from 'commander'
import { ConfigError } from '../../core/index.ts'
import type { Terminal } from '../terminal.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

interface Flags {
  readonly clusterName: string
  readonly region?: string
  readonly endpoint?: string
  readonly listen: readonly string[]
  readonly healthListen: string
  readonly nodeName?: string
  readonly logLevel: (typeof LEVELS)[number]
}

/** SPEC: where SDKs ask, by the variable that the webhook sets; port 2703 is where AWS's agent answers the kubelet. */
const POD_ADDRESS = '169.254.170.23:80'
const HEALTH_ADDRESS = '127.0.0.1:2703'

export function addServeAgent(serve: Command, terminal: Terminal): void {
  serve
    .command('agent')
    .description(
      'Answer the pods of this node as the EKS Pod Identity agent does: a token in, credentials of its role out.',
    )
    .requiredOption('--cluster-name <NAME>', 'The cluster, as EKS knows it.')
    .option('--region <REGION>', 'Its region; default that of AWS_REGION.')
    .option('--endpoint <URL>', 'Of STS and EKS Auth; default AWS_ENDPOINT_URL, else AWS.')
    .option(
      '--listen <ADDRESS:PORT>',
      `Where pods ask; may be given several times; ${POD_ADDRESS} by default.`,
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--health-listen <ADDRESS:PORT>', 'Where /healthz and /readyz are.', HEALTH_ADDRESS)
    .option('--node-name <NAME>', 'This node: tokens of pods on another one are refused; default that of NODE_NAME.')
    .addOption(new Flag('--log-level <LEVEL>', 'Least severe lines that go to stderr.').choices(LEVELS).default('info'))
    .action(async (flags: Flags) => {
      const { environment } = terminal
      const nodeName = flags.nodeName ?? environment.NODE_NAME
      const { serveAgent } = await import('../../tools/agent/index.ts')
      const served = await serveAgent({
        clusterName: flags.clusterName,
        region: flags.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? '',
        addresses: (flags.listen.length === 0 ? [POD_ADDRESS] : flags.listen).map((one) => addressOf(one, 'listen')),
        health: addressOf(flags.healthListen, 'health-listen'),
        ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
        ...(flags.endpoint === undefined ? {} : { endpoint: flags.endpoint }),
        logLevel: flags.logLevel,
        environment,
        say: terminal.err,
      })
      const stopped = served.untilStopped()
      for (const url of served.urls) terminal.out(`giving pods of ${flags.clusterName} their credentials on ${url}`)
      terminal.out(`asking EKS Auth as ${served.whose}; health on ${served.healthUrl}`)
      await stopped
    })
}

function addressOf(text: string, flag: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  if (isIP(host) !== 0 && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new ConfigError(`--${flag}: expected ADDRESS:PORT, found \`${text.slice(0, 100)}\``, {
    hint: `such as ${POD_ADDRESS} or [fd00:ec2::23]:80`,
  })
}
