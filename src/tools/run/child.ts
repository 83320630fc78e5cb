import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Signals that are passed on to the command. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

const NOT_EXECUTABLE = 126
const NOT_FOUND = 127

/**
 * Runs a command on our own standard streams until it ends.
 * @returns its exit code; 128 + n when signal n ended it; 127 when there is no such command, 126 when it cannot be executed
 */
export async function runChild(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<number> {
  const [program = '', ...words] = command
  const child = spawn(program, words, { stdio: 'inherit', env: { ...environment } })
  const stop = passSignals(child)
  try {
    return await exitOf(child)
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException
    say(`openirsa: ${program}: ${code === 'ENOENT' ? 'command not found' : message}`)
    return code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE
  } finally {
    stop()
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

function passSignals(child: ChildProcess): () => void {
  const listeners = PASSED_ON.map((signal) => {
    // A terminal sends Ctrl-C and Ctrl-\ to the whole foreground group: the command has them already.
    const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
    const listener = (): void => {
      if (!fromTerminal) child.kill(signal)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}
