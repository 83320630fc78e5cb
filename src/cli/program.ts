import { Command } from 'commander'
import { addApply } from './commands/apply.ts'
import { addEnv } from './commands/env.ts'
import { addExplain } from './commands/explain.ts'
import { addRun } from './commands/run.ts'
import { addStatus } from './commands/status.ts'
import { addToken } from './commands/token.ts'
import { addUp } from './commands/up.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

const SUMMARY = "IAM Roles for Service Accounts, whole: a service account's token becomes enforced AWS credentials."
const EPILOGUE = `
First steps:
  openirsa up --demo                                          the whole circle on this machine
  openirsa run --service-account shop/orders -- aws s3 ls     a command with a service account's identity
  openirsa explain ID                                         why a call was refused

Exit codes: 0 yes, 1 no, 2 wrong usage or unknown; \`run\` passes its command's on.`

/** The whole command line. Wrong usage ends in a CommanderError; every other failure comes out of `parseAsync` as it is. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('openirsa')
    .description(SUMMARY)
    .version(version(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print help.')
    .helpCommand('help [command]', 'Print help for a command.')
    .addHelpText('after', EPILOGUE)
    .showSuggestionAfterError()
    .enablePositionalOptions()
  for (const add of [addUp, addStatus, addEnv, addApply, addRun, addToken, addExplain]) add(program, terminal)
  quiet(program, terminal)
  return program
}

/** Sub-commands do not inherit these settings from a program that got them before. */
function quiet(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.err(text.trimEnd()),
    outputError: (text, write) => write(`openirsa: ${text.replace(/^error: /, '').trim()}`),
  })
  for (const each of command.commands) quiet(each, terminal)
}
