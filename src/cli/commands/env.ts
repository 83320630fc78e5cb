import { type Command, Option as Flag } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dataDir?: string
  readonly account?: string
  readonly shell: 'sh' | 'fish' | 'pwsh'
  readonly unset?: true
  readonly awsConfig?: true
  readonly https?: true
  readonly output: OutputFormat
}

export function addEnv(program: Command, terminal: Terminal): void {
  program
    .command('env')
    .description('Print the administrator\'s variables for AWS tools: eval "$(openirsa env)".')
    .addOption(dataDirectoryFlag())
    .option('--account <ACCOUNT>', 'Account whose administrator is meant; default the first.')
    .addOption(new Flag('--shell <SHELL>', 'Syntax of the lines.').choices(['sh', 'fish', 'pwsh']).default('sh'))
    .option('--unset', 'Print lines that take the variables back.')
    .option('--aws-config', 'Print a profile for ~/.aws/config instead.')
    .option('--https', 'Use the https endpoint, with the CA that it needs.')
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { readEnvironment, renderAwsConfig, renderExports, renderUnset } = await import('../../tools/env/index.ts')
      if (flags.unset) return terminal.out(renderUnset(flags.shell))
      const { variables, isRunning } = await readEnvironment({
        dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
        ...(flags.account === undefined ? {} : { account: flags.account }),
        https: flags.https === true,
      })
      if (!isRunning)
        terminal.err('openirsa: warning: the installation is not running: these variables are those of its last start')
      const table = (): string => (flags.awsConfig ? renderAwsConfig(variables) : renderExports(variables, flags.shell))
      await printResult({ value: variables, table }, flags.output, terminal)
    })
}
