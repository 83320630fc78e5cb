import { Command, Option as Flag } from 'commander'
import { type Pflag, parsePflags, renderPflagValue, webhookFlags } from '../../config/index.ts'
import type { WebhookFacts } from '../../tools/webhook/index.ts'
import { createLineBuffer } from '../line-buffer.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import type { Terminal } from '../terminal.ts'
import { version } from '../version.ts'
import { addWebhookDrift } from './webhook-drift.ts'
import { addWebhookGuard } from './webhook-guard.ts'
import { addWebhookManifest } from './webhook-manifest.ts'
import { addWebhookTest } from './webhook-test.ts'

export function addWebhook(program: Command, terminal: Terminal): void {
  const webhook = program
    .command('webhook')
    .description('The pod identity webhook: serve it, print what it needs in a cluster, try it, watch over it.')
    .enablePositionalOptions()
  webhook.addCommand(serveCommand(terminal))
  addWebhookManifest(webhook, terminal)
  addWebhookTest(webhook, terminal)
  addWebhookGuard(webhook, terminal)
  addWebhookDrift(webhook, terminal)
}

/** `openirsa serve webhook` is `openirsa webhook serve`. */
export function addServeWebhook(serve: Command, terminal: Terminal): void {
  serve.addCommand(
    new PflagCommand('webhook')
      .description('The same as `openirsa webhook serve`, whose help has the flags.')
      .usage('[--flag=VALUE]…')
      .allowUnknownOption()
      .allowExcessArguments()
      .action(async (_flags: unknown, command: Command) => serveWebhookWith(command.args, terminal)),
  )
}

/** A command whose flags are in the forms of Go's pflag (`--bool=false`), which commander does not read: it shows them, and passes all words on. */
class PflagCommand extends Command {
  override parseOptions(words: string[]): { operands: string[]; unknown: string[] } {
    return { operands: [], unknown: [...words] }
  }
}

function serveCommand(terminal: Terminal): Command {
  const command = new PflagCommand('serve')
    .description(
      'Run the mutating admission webhook, in place of the Amazon EKS pod identity webhook: its flags, by name and form.',
    )
    .usage('[--flag=VALUE]…')
    .allowUnknownOption()
    .allowExcessArguments()
  for (const [flagName, flag] of Object.entries<Pflag>(webhookFlags)) command.addOption(optionOf(flagName, flag))
  return command.action(async () => serveWebhookWith(command.args, terminal))
}

/** For help and the reference page; nothing is ever parsed by it. */
function optionOf(name: string, flag: Pflag): Flag {
  const short = flag.shorthand === undefined ? '' : `-${flag.shorthand}, `
  const value = flag.kind === 'boolean' ? '' : ` <${flag.kind.toUpperCase()}>`
  const shown = renderPflagValue(flag.kind, flag.fallback)
  const fallback = shown === '' ? '' : ` Default ${shown}.`
  return new Flag(`${short}--${name}${value}`, `${flag.summary}${fallback}`)
}

async function serveWebhookWith(words: readonly string[], terminal: Terminal): Promise<void> {
  const { values } = parsePflags(webhookFlags, words)
  if (values.version) return terminal.out(`openirsa ${version()}`)
  const { serveWebhook } = await import('../../tools/webhook/index.ts')
  const lines = createLineBuffer((text) => terminal.err(text.trimEnd()))
  process.once('exit', lines.flush)
  const running = await serveWebhook(values, {
    environment: terminal.environment,
    version: version(),
    say: lines.say,
    stopwatch: () => performance.now(),
  })
  const stopped = firstSignal()
  const { facts } = running
  await printResult({ value: facts, table: () => renderFacts(facts) }, values.output as OutputFormat, terminal)
  await stopped
  await running.close()
}

function renderFacts({ endpoint, metricsPort }: WebhookFacts): string {
  return `the webhook listens on ${endpoint}/mutate; metrics on port ${metricsPort}`
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    for (const signal of SIGNALS)
      process.on(signal, () => {
        // Whoever asks twice does not want to wait for the requests at hand.
        if (isAsked) process.exit(130)
        isAsked = true
        resolve()
      })
  })
}
