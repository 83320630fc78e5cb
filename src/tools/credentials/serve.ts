import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, ConfigError, type Randomness, Secret } from '../../core/index.ts'
import { untilSignal } from '../../io/host/index.ts'
import { serveCredentials } from './endpoint.ts'
import { type CredentialsOptions, obtainCredentials } from './obtain.ts'

export interface ServedHost {
  readonly temporaryDirectory: string
  readonly clock: Clock
  readonly randomness: Randomness
}

export interface ServedCredentials {
  /** What a program needs in its environment. */
  readonly variables: Readonly<Record<string, string>>
  /** Resolves upon SIGINT or SIGTERM, when everything is closed. */
  untilStopped(): Promise<void>
  close(): Promise<void>
}

/**
 * Serves a service account's credentials to programs of this machine, and renews them. The first ones are had before it
 * answers, so that what is wrong is told at once.
 * @throws ConfigError when the port is taken; what `obtainCredentials` throws
 */
export async function startServing(
  options: CredentialsOptions & { readonly port: number },
  { temporaryDirectory, clock, randomness }: ServedHost,
): Promise<ServedCredentials> {
  const first = await obtainCredentials(options, randomness)
  const directory = mkdtempSync(join(temporaryDirectory, 'openirsa-credentials-'))
  const clear = () => rmSync(directory, { recursive: true, force: true })
  try {
    chmodSync(directory, 0o700)
    const token = new Secret(Buffer.from(randomness.bytes(32)).toString('base64url'))
    const tokenFile = join(directory, 'authorization-token')
    writeFileSync(tokenFile, token.reveal(), { mode: 0o600 })
    const obtain = () => obtainCredentials(options, randomness)
    const endpoint = await serveCredentials({ port: options.port, token, clock, obtain })
    const close = async () => {
      await endpoint.close()
      clear()
    }
    return {
      variables: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
        AWS_REGION: first.facts.region,
        AWS_DEFAULT_REGION: first.facts.region,
        AWS_ENDPOINT_URL: first.facts.endpoint,
      },
      untilStopped: () => untilSignal().then(close),
      close,
    }
  } catch (failure) {
    clear()
    throw (failure as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(options.port) : failure
  }
}

function portTaken(port: number): ConfigError {
  return new ConfigError(`port ${port} is in use`, { hint: 'choose another with --port; 0 picks a free one' })
}
