import type { Command } from 'commander'
import { configHomeOf, dataDirectoryOf, loadOptions, readConfigFile, upOptions } from '../../config/index.ts'
import { addFlags, dataDirectoryFlag, outputFlag } from '../flags.ts'
import { renderReady } from '../render-ready.ts'
import type { Terminal } from '../terminal.ts'

export function addUp(program: Command, terminal: Terminal): void {
  addFlags(program.command('up'), upOptions)
    .description('Start the whole circle here: issuer, IAM, STS, EKS, S3, CloudTrail; stays in the foreground.')
    .addOption(dataDirectoryFlag())
    .option(
      '--config <FILE>',
      'Configuration file; default ./openirsa.yaml, then $XDG_CONFIG_HOME/openirsa/config.yaml.',
    )
    .addOption(outputFlag())
    .action(async (flags: Record<string, string | boolean | undefined>) => {
      const place = { workingDirectory: terminal.workingDirectory, configHome: configHomeOf(terminal.environment) }
      const file = await readConfigFile(flags.config as string | undefined, place)
      const options = loadOptions(upOptions, {
        flags,
        environment: terminal.environment,
        file: file.keys,
        ...(file.fileName === undefined ? {} : { fileName: file.fileName }),
      })
      const dataDirectory = dataDirectoryOf(flags.dataDir as string | undefined, terminal.environment)
      const { startDetached, startInstallation, systemHost } = await import('../../tools/up/index.ts')
      const { detach, account, ...rest } = options
      if (detach) {
        const facts = await startDetached(dataDirectory, process.argv)
        terminal.out(flags.output === 'json' ? JSON.stringify(facts) : renderReady({ facts, dataDirectory }, terminal))
        return
      }
      const installation = await startInstallation(
        { ...rest, accounts: account, dataDirectory },
        systemHost(rest.logLevel, terminal.err),
      )
      for (const warning of installation.warnings) terminal.err(`openirsa: warning: ${warning}`)
      terminal.out(
        flags.output === 'json'
          ? JSON.stringify(installation.facts)
          : renderReady({ facts: installation.facts, dataDirectory, demo: installation.demo }, terminal),
      )
      await installation.untilStopped()
    })
}
