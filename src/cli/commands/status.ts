import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'
import { NO, YES } from '../ending.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderTable } from '../render-table.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dataDir?: string
  readonly output: OutputFormat
}

export function addStatus(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description('Show whether the installation runs, and where; exit code 1 when it does not.')
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { readStatus } = await import('../../tools/status/index.ts')
      const { state, facts, dataDirectory } = await readStatus(dataDirectoryOf(flags.dataDir, terminal.environment))
      const value = { state, ...facts, dataDirectory }
      const table = (): string => renderTable(Object.entries(value).map(([name, fact]) => [name, String(fact)]))
      await printResult({ value, table }, flags.output, terminal)
      process.exitCode = state === 'running' ? YES : NO
    })
  program
    .command('down')
    .description('Stop the running installation; what it keeps stays.')
    .addOption(dataDirectoryFlag())
    .action(async (flags: Flags) => {
      const { stopInstallation } = await import('../../tools/status/index.ts')
      const dataDirectory = dataDirectoryOf(flags.dataDir, terminal.environment)
      terminal.err(
        (await stopInstallation(dataDirectory))
          ? `stopped the installation in ${dataDirectory}`
          : `no installation is running in ${dataDirectory}`,
      )
    })
  program
    .command('reset')
    .description('Remove everything of the stopped installation: keys, identities, objects, trail.')
    .addOption(dataDirectoryFlag())
    .option('-y, --yes', 'Do it; without this nothing is removed.')
    .action(async (flags: Flags & { readonly yes?: true }) => {
      const dataDirectory = dataDirectoryOf(flags.dataDir, terminal.environment)
      if (flags.yes !== true)
        throw new ConfigError(`this would remove everything in \`${dataDirectory}\``, { hint: 'repeat with --yes' })
      const { resetInstallation } = await import('../../tools/status/index.ts')
      resetInstallation(dataDirectory)
      terminal.err(`removed the installation in ${dataDirectory}`)
    })
}
