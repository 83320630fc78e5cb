import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { dataDirectoryOf, loadOptions, upOptions } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'
import { addFlags, dataDirectoryFlag } from '../flags.ts'
import { packageFile } from '../package-file.ts'
import { renderReady } from '../render-ready.ts'
import { renderStep } from '../render-step.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'

interface Flags {
  readonly stay?: true
  readonly dataDir?: string
  readonly port?: string
}

const PROGRAM = packageFile('examples/orders.mjs')

export function addDemo(program: Command, terminal: Terminal): void {
  addFlags(program.command('demo', { hidden: true }), { port: upOptions.port })
    .description(
      'The main job, once, by itself: token, exchange, an allowed call, a refused one and why. Needs a checkout.',
    )
    .option('--stay', 'Stay up afterwards, on the usual port and with the usual data directory.')
    .addOption(dataDirectoryFlag())
    .action(async (flags: Flags) => {
      if (!existsSync(PROGRAM))
        throw new ConfigError('the demo program is not here', {
          hint: 'run `npm run demo` in a checkout, or `openirsa up --demo` here',
        })
      if (flags.stay) return demonstrate(dataDirectoryOf(flags.dataDir, terminal.environment), flags, terminal)
      return inTemporaryDirectory((directory) => demonstrate(directory, flags, terminal))
    })
}

async function demonstrate(dataDirectory: string, flags: Flags, terminal: Terminal): Promise<void> {
  const { runDemo } = await import('../../tools/demo/index.ts')
  const { systemHost } = await import('../../tools/up/index.ts')
  const port = flags.port ?? (flags.stay ? undefined : '0')
  const options = loadOptions(upOptions, { flags: { port, demo: true }, environment: terminal.environment, file: {} })
  const { account: accounts, allowPrivateIssuer: allowPrivateIssuers, ...rest } = options
  const { installation } = await runDemo(
    {
      up: { ...rest, accounts, allowPrivateIssuers, dataDirectory },
      // Warnings of the SDK about this version of Node are for those who develop with it.
      program: [process.execPath, '--no-warnings', PROGRAM],
    },
    {
      up: systemHost({
        logLevel: rest.logLevel,
        version: version(),
        environment: terminal.environment,
        say: terminal.err,
      }),
      environment: terminal.environment,
      temporaryDirectory: tmpdir(),
      say: terminal.err,
      tell: (step) => terminal.out(renderStep(step, { paint: terminal.paint, now: Date.now() })),
    },
  )
  if (!flags.stay) return installation.close()
  const { facts, demo } = installation
  const stopped = installation.untilStopped()
  terminal.out(`\n${renderReady({ facts, dataDirectory, demo }, terminal)}`)
  await stopped
}

/** Whatever ends us, the directory goes. */
async function inTemporaryDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'openirsa-demo-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  const stop = (): void => {
    remove()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  try {
    await work(directory)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, stop)
    remove()
  }
}
