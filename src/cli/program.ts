import { basename } from 'node:path'
import { Command } from 'commander'
import { addAgent } from './commands/agent.ts'
import { addApply } from './commands/apply.ts'
import { addCluster } from './commands/cluster.ts'
import { addCredentials } from './commands/credentials.ts'
import { addDemo } from './commands/demo.ts'
import { addEnv } from './commands/env.ts'
import { addExplain } from './commands/explain.ts'
import { addIssuer } from './commands/issuer.ts'
import { addKeys } from './commands/keys.ts'
import { addPolicy } from './commands/policy.ts'
import { addRun } from './commands/run.ts'
import { addSa } from './commands/sa.ts'
import { addServe } from './commands/serve.ts'
import { addStatus } from './commands/status.ts'
import { addToken } from './commands/token.ts'
import { addTrust } from './commands/trust.ts'
import { addUp } from './commands/up.ts'
import { addWebhook } from './commands/webhook.ts'
import { oneLine } from './ending.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

const SUMMARY = "IAM Roles for Service Accounts, whole: a service account's token becomes enforced AWS credentials."
const EPILOGUE = `
First steps:
  openirsa up --demo                                          the whole circle on this machine
  openirsa run --service-account shop/orders -- aws s3 ls     a command with a service account's identity
  openirsa explain                                            why the newest refused call was refused

Exit codes: 0 yes, 1 no, 2 wrong usage or unknown; \`run\` passes its command's on.`

/**
 * The whole command line. Wrong usage ends in a CommanderError; every other failure comes out of `parseAsync` as it is.
 * @param script what was started: as `kubectl-openirsa` it is a plugin of kubectl, and says so in its usage
 */
export function createProgram(terminal: Terminal, script = ''): Command {
  const program = new Command(basename(script).startsWith('kubectl-') ? 'kubectl openirsa' : 'openirsa')
    .description(SUMMARY)
    .version(version(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print help.')
    .helpCommand('help [command]', 'Print help for a command.')
    .addHelpText('after', EPILOGUE)
    .enablePositionalOptions()
  for (const add of [
    addUp,
    addStatus,
    addEnv,
    addApply,
    addRun,
    addCredentials,
    addSa,
    addToken,
    addExplain,
    addPolicy,
    addTrust,
    addCluster,
    addWebhook,
    addAgent,
    addIssuer,
    addKeys,
    addServe,
    addDemo,
  ])
    add(program, terminal)
  settle(program, terminal)
  return program
}

/** Sub-commands do not inherit these settings from a program that got them after they were added. */
function settle(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(`openirsa: ${withWayOut(oneLine(text.replace(/^error: /, '')), command)}`),
    })
  for (const each of command.commands) settle(each, terminal)
}

/** Where commander has no suggestion, the help of the command is the way out. */
function withWayOut(message: string, command: Command): string {
  return /did you mean/i.test(message) ? message : `${message.replace(/\.$/, '')}: see \`${pathOf(command)} --help\``
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
