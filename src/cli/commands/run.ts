import { tmpdir } from 'node:os'
import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'
import { clusterFlag, dataDirectoryFlag, serviceAccountOf } from '../flags.ts'
import { readTextOf } from '../input.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly serviceAccount?: string
  readonly filename?: string
  readonly container?: string
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
    .usage('--service-account NAMESPACE/NAME [options] -- COMMAND [ARGUMENT…] | -f FILE [options] [-- COMMAND …]')
    .option('--service-account <NAMESPACE/NAME>', 'Whose identity; `openirsa apply` makes it known.')
    .option(
      '-f, --filename <FILE>',
      "Manifest of a pod (or Deployment, Job …): its container's command, variables and service account; - is standard input.",
    )
    .option('--container <NAME>', 'Container of the manifest; default its only one.')
    .option('--role <ARN>', 'Role to assume; default the annotation eks.amazonaws.com/role-arn.')
    .option('--keep-aws-config', "Leave the caller's AWS profiles visible; some SDKs prefer them to the token.")
    .option('--https', 'Use the https endpoint, with the CA that it needs.')
    .addOption(clusterFlag())
    .addOption(dataDirectoryFlag())
    .argument('[COMMAND...]', "What to run, after --; with -f instead of the container's own command")
    .passThroughOptions()
    .action(async (command: readonly string[], flags: Flags) => {
      const { runAs, systemRunHost } = await import('../../tools/run/index.ts')
      const wanted = await whatToRun(command, flags, terminal)
      process.exitCode = await runAs(
        {
          dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
          ...(flags.role === undefined ? {} : { roleArn: flags.role }),
          ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
          keepAwsConfig: flags.keepAwsConfig === true,
          https: flags.https === true,
          ...wanted,
        },
        systemRunHost(terminal.environment, tmpdir(), terminal.err),
      )
    })
}

async function whatToRun(command: readonly string[], flags: Flags, terminal: Terminal) {
  const { serviceAccount: account, filename } = flags
  if (filename === undefined) {
    if (account === undefined)
      throw new ConfigError('whose identity?', {
        hint: 'give --service-account NAMESPACE/NAME, or -f FILE with a pod',
      })
    return { serviceAccount: serviceAccountOf(account), command }
  }
  const { readPodProgram } = await import('../../tools/run/index.ts')
  const { parseDocuments } = await import('../../tools/apply/index.ts')
  const documents = await parseDocuments({ name: filename, text: await readTextOf(filename, terminal) })
  const program = readPodProgram({ documents, container: flags.container, command, caller: terminal.environment })
  for (const line of program.missing) terminal.err(`openirsa: ${line}`)
  const serviceAccount = account === undefined ? program.serviceAccount : serviceAccountOf(account)
  return { serviceAccount, command: program.command, program }
}
