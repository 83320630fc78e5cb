import { resolve } from 'node:path'
import type { Command } from 'commander'
import { configHomeOf, dataDirectoryOf, loadOptions, readConfigFile, upOptions } from '../../config/index.ts'
import { addFlags, dataDirectoryFlag, outputFlag } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderReady } from '../render-ready.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

interface Flags extends Readonly<Record<string, string | readonly string[] | boolean | undefined>> {
  readonly config?: string
  readonly dataDir?: string
  readonly output: OutputFormat
}
type Facts = Parameters<typeof renderReady>[0]['facts']
type Demo = Parameters<typeof renderReady>[0]['demo']

export function addUp(program: Command, terminal: Terminal): void {
  addFlags(program.command('up'), upOptions)
    .description('Start the whole circle here: issuer, IAM, STS, EKS, S3, CloudTrail; stays in the foreground.')
    .addOption(dataDirectoryFlag())
    .option(
      '--config <FILE>',
      'Configuration file; default ./openirsa.yaml, then $XDG_CONFIG_HOME/openirsa/config.yaml.',
    )
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { output } = flags
      const place = { workingDirectory: terminal.workingDirectory, configHome: configHomeOf(terminal.environment) }
      const file = await readConfigFile(flags.config, place)
      const options = loadOptions(upOptions, {
        flags,
        environment: terminal.environment,
        file: file.keys,
        ...(file.fileName === undefined ? {} : { fileName: file.fileName }),
      })
      const dataDirectory = dataDirectoryOf(flags.dataDir, terminal.environment)
      const { demoFactsOf, startDetached, startInstallation, systemHost } = await import('../../tools/up/index.ts')
      const {
        detach,
        account: accounts,
        allowPrivateIssuer: allowPrivateIssuers,
        organization: orgFile,
        ...rest
      } = options
      // The process that detaches resolves it once more, and finds the same.
      const organization = orgFile === undefined ? undefined : resolve(terminal.workingDirectory, orgFile)
      const show = (facts: Facts, demo: Demo): Promise<void> =>
        printResult(
          { value: facts, table: () => renderReady({ facts, dataDirectory, demo }, terminal) },
          output,
          terminal,
        )
      if (detach) {
        const { environment } = terminal
        const facts = await startDetached({ dataDirectory, argv: process.argv, environment })
        return show(facts, rest.demo ? demoFactsOf(facts) : undefined)
      }
      const host = systemHost({
        logLevel: rest.logLevel,
        version: version(),
        environment: terminal.environment,
        say: terminal.err,
      })
      const installation = await startInstallation(
        { ...rest, accounts, allowPrivateIssuers, organization, dataDirectory },
        host,
      )
      // Before anybody is told that it is ready: who stops it upon that word finds it listening.
      const stopped = installation.untilStopped()
      for (const warning of installation.warnings) terminal.err(`openirsa: warning: ${warning}`)
      await show(installation.facts, installation.demo)
      await stopped
    })
}
