import type { Command } from 'commander'
import { NO } from '../ending.ts'
import { outputFlag } from '../flags.ts'
import { directoryOf, issuerDirectoryFlag } from '../issuer-flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { forPrograms, renderKeys, renderRetired, renderRotated } from '../render-keys.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dir?: string
  readonly force?: true
  readonly dryRun?: true
  readonly restarted?: true
  readonly forgetSigner?: string
  readonly output: OutputFormat
}

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description("An issuer's signing keys: what there is, rotating them, taking them out.")
  addList(keys, terminal)
  addRotate(keys, terminal)
  addRetire(keys, terminal)
}

function addList(keys: Command, terminal: Terminal): void {
  keys
    .command('list')
    .description('Show every key: its state, since when or from when it signs, and when it may go.')
    .addOption(issuerDirectoryFlag())
    .addOption(outputFlag())
    .action(async ({ dir, output }: Flags) => {
      const { listKeys, systemKeysHost } = await import('../../tools/keys/index.ts')
      const host = systemKeysHost()
      const list = await listKeys(directoryOf(dir, terminal.environment), host)
      await printResult({ value: forPrograms(list), table: () => renderKeys(list, host.clock.now()) }, output, terminal)
    })
}

function addRotate(keys: Command, terminal: Terminal): void {
  keys
    .command('rotate')
    .description(
      'Do the next step of a rotation: make and publish the next key, or let it sign when every cache and signer knows it; exit 1 while it has to wait.',
    )
    .addOption(issuerDirectoryFlag())
    .option('--dry-run', 'Say what the next step is, and do nothing.')
    .option('--restarted', 'Key files: every kube-apiserver was restarted with the files as they are.')
    .option('--forget-signer <NAME>', 'Wait no more for a signer that is gone for good; `keys list` names them.')
    .option('--force', 'Let the next key sign at once: tokens may be refused by whoever does not know it yet.')
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { rotateKeys, systemKeysHost } = await import('../../tools/keys/index.ts')
      const host = systemKeysHost()
      const outcome = await rotateKeys(
        {
          directory: directoryOf(flags.dir, terminal.environment),
          force: flags.force === true,
          dryRun: flags.dryRun === true,
          restarted: flags.restarted === true,
          ...(flags.forgetSigner === undefined ? {} : { forgetSigner: flags.forgetSigner }),
        },
        host,
      )
      if (outcome.step === 'activate' && flags.force)
        for (const { because } of outcome.closed)
          terminal.err(`openirsa: WARNING: forced past a closed gate, tokens may be refused: ${because}`)
      const table = (): string => renderRotated(outcome, { now: host.clock.now(), isDryRun: flags.dryRun === true })
      await printResult({ value: forPrograms(outcome), table }, flags.output, terminal)
      if (outcome.step === 'wait') process.exitCode = NO
    })
}

function addRetire(keys: Command, terminal: Terminal): void {
  keys
    .command('retire')
    .description('Take out keys whose last token has died; exit 1 when one that was named, or every one, has to stay.')
    .argument('[KEY-ID...]', 'Which; default every key that may go.')
    .addOption(issuerDirectoryFlag())
    .option('--dry-run', 'Say which may go, and do nothing.')
    .option('--force', 'Take it out although tokens that it signed are alive: they are refused from then on.')
    .addOption(outputFlag())
    .action(async (keyIds: readonly string[], flags: Flags) => {
      const { retireKeys, systemKeysHost } = await import('../../tools/keys/index.ts')
      const host = systemKeysHost()
      const outcome = await retireKeys(
        {
          directory: directoryOf(flags.dir, terminal.environment),
          keyIds,
          force: flags.force === true,
          dryRun: flags.dryRun === true,
        },
        host,
      )
      if (flags.force && outcome.retired.length > 0)
        terminal.err('openirsa: WARNING: forced: every token that these keys signed is refused from now on')
      const table = (): string => renderRetired(outcome, { now: host.clock.now(), isDryRun: flags.dryRun === true })
      await printResult({ value: forPrograms(outcome), table }, flags.output, terminal)
      if (outcome.kept.length > 0 && (keyIds.length > 0 || outcome.retired.length === 0)) process.exitCode = NO
    })
}
