import { tmpdir } from 'node:os'
import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { clusterFlag, dataDirectoryFlag, serviceAccountOf } from '../flags.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly serviceAccount: string
  readonly role?: string
  readonly cluster?: string
  readonly keepAwsConfig?: true
  readonly https?: true
  readonly dataDir?: string
}

export function addRun(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .description('Run a command with exactly the identity that a service account has in the cluster.')
    .usage('--service-account NAMESPACE/NAME [options] -- COMMAND [ARGUMENT…]')
    .requiredOption('--service-account <NAMESPACE/NAME>', 'Whose identity; `openirsa apply` makes it known.')
    .option('--role <ARN>', 'Role to assume; default the annotation eks.amazonaws.com/role-arn.')
    .option('--keep-aws-config', "Leave the caller's AWS profiles visible; some SDKs prefer them to the token.")
    .option('--https', 'Use the https endpoint, with the CA that it needs.')
    .addOption(clusterFlag())
    .addOption(dataDirectoryFlag())
    .argument('<COMMAND...>', 'What to run, after --')
    .passThroughOptions()
    .action(async (command: readonly string[], flags: Flags) => {
      const serviceAccount = serviceAccountOf(flags.serviceAccount)
      const { runAs, systemRunHost } = await import('../../tools/run/index.ts')
      process.exitCode = await runAs(
        {
          dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
          serviceAccount,
          ...(flags.role === undefined ? {} : { roleArn: flags.role }),
          ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
          command,
          keepAwsConfig: flags.keepAwsConfig === true,
          https: flags.https === true,
        },
        systemRunHost(terminal.environment, tmpdir(), terminal.err),
      )
    })
}
