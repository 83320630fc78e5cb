import type { Command } from 'commander'
import { asDuration, dataDirectoryOf } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'
import { clusterFlag, dataDirectoryFlag, outputFlag, serviceAccountOf } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderInspection } from '../render-inspection.ts'
import type { Terminal } from '../terminal.ts'

interface MintFlags {
  readonly serviceAccount: string
  readonly audience?: readonly string[]
  readonly cluster?: string
  readonly duration: string
  readonly dataDir?: string
  readonly output: OutputFormat
}

export function addToken(program: Command, terminal: Terminal): void {
  const token = program.command('token').description("Mint a service account's token, look into one.")
  token
    .command('mint')
    .description("Print a service account's token, as Kubernetes' TokenRequest gives it.")
    .requiredOption('--service-account <NAMESPACE/NAME>', 'Whose token.')
    .option(
      '--audience <AUDIENCE...>',
      'Whom the token is for; default AWS STS: sts.amazonaws.com, in China sts.amazonaws.com.cn.',
    )
    .option('--duration <DURATION>', 'How long it lives, such as 15m or 1h; at least 10m.', '1h')
    .addOption(clusterFlag())
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (flags: MintFlags) => {
      const { mintToken } = await import('../../tools/token/index.ts')
      const minted = await mintToken({
        dataDirectory: dataDirectoryOf(flags.dataDir, terminal.environment),
        serviceAccount: serviceAccountOf(flags.serviceAccount),
        audiences: flags.audience ?? [],
        ...(flags.cluster === undefined ? {} : { cluster: flags.cluster }),
        durationSeconds: asDuration(flags.duration, 'duration'),
      })
      const value = { token: minted.token, expiresAt: new Date(minted.expiresAt).toISOString() }
      await printResult({ value, table: () => minted.token }, flags.output, terminal)
    })
  token
    .command('inspect')
    .description('Decode a token from a file or standard input; nothing of it is verified.')
    .argument('[FILE]', 'File with the token; default standard input.')
    .addOption(outputFlag())
    .action(async (file: string | undefined, flags: { readonly output: OutputFormat }) => {
      const text = (await readTextOf(file, terminal)).trim()
      if (text === '')
        throw new ConfigError('there is no token', {
          hint: 'give a file, or pipe one: openirsa token mint … | openirsa token inspect',
        })
      const { inspectToken } = await import('../../tools/token/index.ts')
      const inspection = inspectToken(text)
      const value = { verified: false, ...inspection }
      await printResult(
        { value, table: () => renderInspection(inspection, Date.now(), terminal) },
        flags.output,
        terminal,
      )
    })
}
