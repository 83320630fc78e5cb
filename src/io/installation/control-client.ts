import { request } from 'node:http'
import { ConfigError, OpenirsaError } from '../../core/index.ts'
import { readPrivateFile } from '../host/index.ts'
import { dataDirectoryPaths } from './data-directory.ts'
import { findRunningPid, readFacts } from './facts.ts'

/** The installation understood the request and refused it; `status` is HTTP's, `message` and `hint` are for people. */
export class ControlError extends OpenirsaError {
  readonly code = 'CONTROL'
  readonly status: number

  constructor(status: number, message: string, hint: string | undefined) {
    super(message, hint === undefined ? {} : { hint })
    this.status = status
  }
}

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below `/_openirsa/api/v1/`. */
  readonly path: string
  readonly body?: unknown
  /** Name or ARN of the cluster that is meant; absent, the local one. */
  readonly cluster?: string | undefined
}

/** The longest that an installation on this machine may take to answer. */
const TIMEOUT_MILLISECONDS = 15_000

/**
 * Asks the running installation of that data directory through its own API; the key to it lies in the directory.
 * @throws ConfigError when none is running, ControlError when it refuses
 */
export async function askInstallation(directory: string, wanted: ControlRequest): Promise<unknown> {
  const facts = await readFacts(directory)
  // Facts of an earlier start name a port that may be anybody's by now: the key is not sent there.
  if (findRunningPid(directory) !== facts.pid) {
    throw new ConfigError(`no installation is running in \`${directory}\``, { hint: 'start it with `openirsa up`' })
  }
  const token = await readPrivateFile(dataDirectoryPaths(directory).controlToken)
  const url = new URL(`/_openirsa/api/v1/${wanted.path}`, facts.endpoint)
  if (wanted.cluster !== undefined) url.searchParams.set('cluster', wanted.cluster)
  const { status, text } = await send(url, wanted, token.trim())
  const answer = parseAnswer(text)
  if (status >= 200 && status < 300) return answer
  const { message, hint } = (answer as { error?: { message?: string; hint?: string } }).error ?? {}
  throw new ControlError(status, message ?? `the installation answered ${status}`, hint)
}

function parseAnswer(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigError('what listens at the endpoint of this installation is not openirsa', {
      cause,
      hint: 'look at `openirsa status`',
    })
  }
}

function send(url: URL, wanted: ControlRequest, token: string): Promise<{ status: number; text: string }> {
  const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body)
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    }
    const call = request(url, { method: wanted.method, headers, timeout: TIMEOUT_MILLISECONDS }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }))
    })
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MILLISECONDS / 1000} s`)))
    call.on('error', (cause) =>
      reject(
        new ConfigError(`the installation at ${url.origin} does not answer: ${cause.message}`, {
          cause,
          hint: 'look at `openirsa status`',
        }),
      ),
    )
    call.end(body)
  })
}
