import { isIPv6 } from 'node:net'
import { startWebhookServer, type WebhookHost } from '../../cluster/webhook-server/index.ts'
import { createLog, type Log, systemClock, systemRandomness } from '../../io/host/index.ts'
import { createFileCertificates } from '../../io/http/index.ts'
import { createKube } from '../../io/kube/index.ts'
import { type Environment, findApiServer } from './api-server.ts'
import { startDriftWatch } from './drift.ts'
import { createOwnCertificates, meterOwnCertificates } from './own-certificates.ts'
import { findRoleHome } from './role-home.ts'
import { type ServeFlags, serverOptionsOf, settingsOf } from './webhook-settings.ts'

export interface ServeParts {
  readonly environment: Environment
  readonly version: string
  /** Takes one line of the log. */
  say(line: string): void
  /** Milliseconds from any point that stays. */
  readonly stopwatch: () => number
}

/** Where a running webhook is. */
export interface WebhookFacts {
  readonly endpoint: string
  readonly port: number
  readonly metricsPort: number
  readonly pid: number
}

export interface RunningWebhook {
  readonly facts: WebhookFacts
  close(): Promise<void>
}

/**
 * `openirsa webhook serve`: it listens when this resolves, and gets ready by itself.
 * @throws ConfigError when the flags, the API server or the certificate cannot be used
 */
export async function serveWebhook(flags: ServeFlags, parts: ServeParts): Promise<RunningWebhook> {
  const log = createLogOf(flags, parts.say)
  const host: WebhookHost = { clock: systemClock, stopwatch: parts.stopwatch, log, version: parts.version }
  const roleHome = flags['compose-role-arn']
    ? await findRoleHome(parts.environment.AWS_EC2_METADATA_SERVICE_ENDPOINT)
    : undefined
  const settings = settingsOf(flags, roleHome === undefined ? {} : { roleHome })
  const options = serverOptionsOf(flags, settings)
  const access = await findApiServer(flags, parts.environment)
  const randomness = systemRandomness
  const kube = createKube(access, { clock: systemClock, randomness, log, environment: definedOf(parts.environment) })
  try {
    const own = flags['in-cluster'] ? createOwnCertificates(flags, { kube, log }) : undefined
    const certificates =
      own ??
      (await createFileCertificates(
        { certificate: flags['tls-cert'], key: flags['tls-key'] },
        { log, hint: 'name the files with --tls-cert and --tls-key, or let --in-cluster=true make a certificate' },
      ))
    const server = await startWebhookServer(options, { kube, certificates, randomness, host })
    if (own !== undefined) meterOwnCertificates(server.metrics, own)
    const drift = flags.drift ? startDriftWatch(flags, { kube, log, settings, metrics: server.metrics }) : undefined
    const { port, metricsPort } = server
    return {
      facts: { endpoint: `https://${hostOf(options.address)}:${port}`, port, metricsPort, pid: process.pid },
      close: async () => {
        await drift?.close()
        await server.close()
        await certificates.close()
        await kube.close()
      },
    }
  } catch (failure) {
    await kube.close()
    throw failure
  }
}

const hostOf = (address: string | undefined): string =>
  address === undefined ? 'localhost' : isIPv6(address) ? `[${address}]` : address

/** SPEC: from which on the reference tells what it did to each pod. */
const DETAILED = 3

function createLogOf(flags: ServeFlags, say: (line: string) => void): Log {
  return createLog({
    level: flags.v >= DETAILED ? 'debug' : 'info',
    format: flags['log-format'] === 'text' ? 'text' : 'json',
    write: say,
  })
}

function definedOf(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
