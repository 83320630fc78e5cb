import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface ChildPlan {
  /** Program and arguments; one word at least. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Absent: the present one. */
  readonly workingDirectory?: string
  /** Takes what the command prints; absent, it prints on our own standard output. */
  readonly output?: (text: string) => void
  say(line: string): void
}

/** Signals that reach us; from the moment they are caught on they belong to the command, also those that come before it has started. */
export interface CaughtSignals {
  passTo(child: ChildProcess): void
  release(): void
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

const NOT_EXECUTABLE = 126
const NOT_FOUND = 127

/**
 * Runs a command until it ends.
 * @returns its exit code; 128 + n when signal n ended it; 127 when there is no such command, 126 when it cannot be executed
 */
export async function runChild(plan: ChildPlan, signals: CaughtSignals): Promise<number> {
  const [program = '', ...words] = plan.command
  try {
    const child = spawn(program, words, {
      stdio: plan.output === undefined ? 'inherit' : ['ignore', 'pipe', 'inherit'],
      env: { ...plan.environment },
      cwd: plan.workingDirectory,
    })
    const ended = exitOf(child)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => plan.output?.(text))
    signals.passTo(child)
    return await ended
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException
    plan.say(`openirsa: ${program}: ${WHY[code ?? ''] ?? message}`)
    return code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'command not found',
  EACCES: 'permission denied',
}

/** `close` comes after the last word of the command has been read, `exit` may come before it. */
function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

export function catchSignals(): CaughtSignals {
  let child: ChildProcess | undefined
  const early: NodeJS.Signals[] = []
  const listeners = PASSED_ON.map((signal) => {
    const listener = (): void => {
      // A terminal sends Ctrl-C and Ctrl-\ to the whole foreground group: a command that runs has them already.
      const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
      if (child === undefined) early.push(signal)
      else if (!fromTerminal) child.kill(signal)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return {
    passTo: (started) => {
      child = started
      for (const signal of early.splice(0)) started.kill(signal)
    },
    release: () => {
      for (const stop of listeners) stop()
    },
  }
}
