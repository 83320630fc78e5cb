#!/usr/bin/env node
/**
 * cli: the command line in, one tool called, words for people or programs out, an exit code.
 * It holds no logic of its own; each command loads its tool when it is called, so that help comes at once.
 */
import { commandLineOf } from './called-as.ts'
import { endWith } from './ending.ts'
import { createProgram } from './program.ts'
import { systemTerminal } from './terminal.ts'

// Node's own warnings (experimental features, deprecations) say nothing to who types a command.
process.removeAllListeners('warning')

const terminal = systemTerminal()
try {
  await createProgram(terminal, process.argv[1]).parseAsync(commandLineOf(process.argv))
} catch (failure) {
  process.exitCode = endWith(failure, terminal)
}
