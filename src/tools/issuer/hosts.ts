import { openKeyStore } from '../../cluster/key-store/index.ts'
import { ConfigError, type Seconds } from '../../core/index.ts'
import { createLog, type LogLevel, systemClock, untilSignal } from '../../io/host/index.ts'
import { systemNetwork } from '../../io/http/index.ts'
import { networkTo, parseConnectTo } from './connect-to.ts'
import type { FetchingHost, IssuerHost, ServingHost } from './model.ts'

/** The machine's clock. */
export const systemIssuerHost = (): IssuerHost => ({ clock: systemClock })

/** The machine's clock, and a log for people whose lines go to the caller's voice. */
export function servingHost(level: LogLevel, say: (line: string) => void): ServingHost {
  return { clock: systemClock, log: createLog({ level, format: 'text', write: (line) => say(line.trimEnd()) }) }
}

export interface FetchingHostOptions {
  readonly issuer: string
  /** PEM: trusted in the place of those that Node trusts. */
  readonly authorities?: string
  /** `ADDRESS:PORT` in the place of the issuer's own. */
  readonly connectTo?: string
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/**
 * The machine's network, as far as the caller did not put something else in its place.
 * @returns `named`: hosts that were named by hand, and may be private
 * @throws ConfigError
 */
export function fetchingHost(options: FetchingHostOptions): FetchingHost & { readonly named: readonly string[] } {
  const { issuer, connectTo } = options
  const authorities = options.authorities === undefined ? undefined : (options.authorities.match(CERTIFICATE) ?? [])
  if (authorities?.length === 0)
    throw new ConfigError('--ca-file: there is no certificate in it', { hint: 'give a file in PEM' })
  const network = authorities === undefined ? systemNetwork : { ...systemNetwork, authorities }
  if (connectTo === undefined) return { clock: systemClock, network, named: [] }
  const hostname = URL.canParse(issuer) ? new URL(issuer).hostname : ''
  return { clock: systemClock, network: networkTo(network, hostname, parseConnectTo(connectTo)), named: [hostname] }
}

/** Keeps another longest life of tokens, which holds from now on. SPEC: ExternalJWTSigner: 600 s at least. */
export async function setMaxToken(directory: string, maxTokenSeconds: Seconds): Promise<void> {
  if (maxTokenSeconds < 600)
    throw new ConfigError(`--max-token-expiration: expected 600 s at least, found ${maxTokenSeconds} s`)
  await openKeyStore(directory).update((state) =>
    state.times.maxTokenSeconds === maxTokenSeconds ? state : { ...state, times: { ...state.times, maxTokenSeconds } },
  )
}

/** Waits for a signal, then closes; a second one ends the process at once, as signals do. */
export async function untilStopped({ close }: { close(): Promise<void> }): Promise<void> {
  await untilSignal()
  await close()
}
