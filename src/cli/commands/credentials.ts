import { tmpdir } from 'node:os'
import { type Command, Option as Flag } from 'commander'
import { asPort, dataDirectoryOf } from '../../config/index.ts'
import { clusterFlag, dataDirectoryFlag, outputFlag, serviceAccountOf } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly serviceAccount: string
  readonly role?: string
  readonly cluster?: string
  readonly dataDir?: string
}

export function addCredentials(program: Command, terminal: Terminal): void {
  const credentials = program
    .command('credentials')
    .description("A service account's temporary credentials, for programs of this machine.")
  addProcess(credentials, terminal)
  addServe(credentials, terminal)
  addExport(credentials, terminal)
}

function whose(command: Command): Command {
  return command
    .requiredOption('--service-account <NAMESPACE/NAME>', 'Whose credentials; `openirsa apply` makes it known.')
    .option('--role <ARN>', 'Role to assume; default the annotation eks.amazonaws.com/role-arn.')
    .addOption(clusterFlag())
    .addOption(dataDirectoryFlag())
}

function optionsOf(flags: Flags, terminal: Terminal) {
  return {
    dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
    serviceAccount: serviceAccountOf(flags.serviceAccount),
    ...(flags.role === undefined ? {} : { roleArn: flags.role }),
    ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
  }
}

function addProcess(credentials: Command, terminal: Terminal): void {
  whose(credentials.command('process'))
    .description('Print credentials as a credential_process of ~/.aws/config does.')
    .action(async (flags: Flags) => {
      const { obtainCredentials, renderProcessCredentials, systemCredentialsHost } = await tool()
      const { randomness } = systemCredentialsHost(tmpdir())
      terminal.out(renderProcessCredentials(await obtainCredentials(optionsOf(flags, terminal), randomness)))
    })
}

interface ExportFlags extends Flags {
  readonly format: 'env' | 'json' | 'profile'
  readonly profile: string
}

function addExport(credentials: Command, terminal: Terminal): void {
  whose(credentials.command('export'))
    .description('Print credentials once: eval "$(openirsa credentials export --service-account NS/NAME)".')
    .addOption(
      new Flag('--format <FORMAT>', 'Lines for a shell, one JSON object, or a profile for ~/.aws/credentials.')
        .choices(['env', 'json', 'profile'])
        .default('env'),
    )
    .option('--profile <NAME>', 'Name of the profile.', 'openirsa')
    .action(async (flags: ExportFlags) => {
      const { obtainCredentials, credentialVariables, renderProfile, systemCredentialsHost } = await tool()
      const { renderExports } = await import('../../tools/env/index.ts')
      const { randomness } = systemCredentialsHost(tmpdir())
      const obtained = await obtainCredentials(optionsOf(flags, terminal), randomness)
      const forms = {
        env: () => renderExports(credentialVariables(obtained), 'sh'),
        json: () => JSON.stringify(credentialVariables(obtained)),
        profile: () => renderProfile(obtained, flags.profile),
      } as const
      terminal.out(forms[flags.format]())
    })
}

interface ServeFlags extends Flags {
  readonly port: string
  readonly output: OutputFormat
}

function addServe(credentials: Command, terminal: Terminal): void {
  whose(credentials.command('serve'))
    .description(
      'Serve credentials on loopback as ECS and EKS Pod Identity do, and renew them; stays in the foreground.',
    )
    .option('--port <PORT>', 'Port on 127.0.0.1; 0 picks a free one.', '0')
    .addOption(outputFlag())
    .action(async (flags: ServeFlags) => {
      const { startServing, systemCredentialsHost } = await tool()
      const port = asPort(flags.port, 'port')
      const served = await startServing({ ...optionsOf(flags, terminal), port }, systemCredentialsHost(tmpdir()))
      const stopped = served.untilStopped()
      const { renderExports } = await import('../../tools/env/index.ts')
      const table = (): string => renderExports(served.variables, 'sh')
      await printResult({ value: served.variables, table }, flags.output, terminal)
      await stopped
    })
}

const tool = () => import('../../tools/credentials/index.ts')
