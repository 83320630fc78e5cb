import { resolve } from 'node:path'
import { type Command, Option as Flag } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { dataDirectoryFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import type { Terminal } from '../terminal.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

interface Flags {
  readonly allow: string
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
      'Give service accounts the roles that their annotations ask for (openirsa.dev/policies, openirsa.dev/role), within an allow-list.',
    )
    .requiredOption(
      '--allow <FILE>',
      'YAML: which policies and roles each namespace may ask for; what is not listed is refused.',
    )
    .addOption(
      new Flag('--to <CLOUD>', 'Whose IAM: of the installation, or of AWS.').choices(['local', 'aws']).default('aws'),
    )
    .option('--account <ID>', 'Account of the installation; default its first.')
    .option('--kubeconfig <FILE>', 'The cluster; default that of KUBECONFIG, else the one that the controller runs in.')
    .option('--context <CONTEXT>', 'Context of the kubeconfig; default its current one.')
    .option('--issuer <URL>', 'Issuer that AWS knows the cluster by; default what its API server says.')
    .addOption(dataDirectoryFlag())
    .addOption(new Flag('--log-level <LEVEL>', 'Least severe lines that go to stderr.').choices(LEVELS).default('info'))
    .action(async (flags: Flags) => {
      const { account, kubeconfig, context, issuer } = flags
      const text = await readTextOf(flags.allow, terminal)
      const { serveController } = await import('../../tools/controller/index.ts')
      const served = await serveController({
        to: flags.to,
        dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
        ...(account === undefined ? {} : { account }),
        ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(terminal.workingDirectory, kubeconfig) }),
        ...(context === undefined ? {} : { context }),
        ...(issuer === undefined ? {} : { issuer }),
        allowList: { name: flags.allow, text },
        logLevel: flags.logLevel,
        environment: terminal.environment,
        say: terminal.err,
      })
      const stopped = served.untilStopped()
      terminal.out(`binding service accounts of ${served.issuer} to roles of ${served.account}`)
      await stopped
    })
}
