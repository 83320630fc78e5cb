import {
  type Clock,
  ConfigError,
  type Instant,
  type Randomness,
  type Region,
  type ServiceAccountRef,
} from '../../core/index.ts'
import { readFacts } from '../../io/installation/index.ts'
import { runChild } from './child.ts'
import { planEnvironment } from './environment.ts'
import { type AnnotatedIdentity, mint, readIdentity } from './identity.ts'
import { makeTokenDirectory, type TokenDirectory } from './token-file.ts'

export interface RunOptions {
  readonly dataDirectory: string
  readonly serviceAccount: ServiceAccountRef
  /** Wins over the service account's annotation. */
  readonly roleArn?: string
  /** Program and arguments; at least one word. */
  readonly command: readonly string[]
  /** Leaves the caller's AWS profiles in place. */
  readonly keepAwsConfig: boolean
  readonly https: boolean
}

export interface RunHost {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly temporaryDirectory: string
  readonly clock: Clock
  readonly randomness: Randomness
  /** One line for people. */
  say(line: string): void
}

/** Kubelet renews a projected token when 80 % of its life have passed. */
const RENEW_AFTER_SHARE = 0.8
const RETRY_MILLISECONDS = 10_000

/**
 * Runs a command with exactly the identity that the service account has in the cluster.
 * @returns the command's exit code
 * @throws ConfigError or ControlError when the identity cannot be had; the command has not run then
 */
export async function runAs(options: RunOptions, host: RunHost): Promise<number> {
  if (options.command.length === 0)
    throw new ConfigError('no command to run', { hint: 'openirsa run --service-account NS/NAME -- COMMAND …' })
  const facts = await readFacts(options.dataDirectory)
  const identity = await readIdentity(options.dataDirectory, options.serviceAccount, options.roleArn)
  const first = await mint(options.dataDirectory, options.serviceAccount, identity)
  const directory = makeTokenDirectory(host.temporaryDirectory)
  const renewal = keepFresh(options, host, { identity, directory, expiresAt: first.expiresAt })
  try {
    directory.write(first.token)
    const plan = planEnvironment(host.environment, {
      serviceAccount: options.serviceAccount,
      roleArn: identity.roleArn,
      region: facts.region as Region,
      endpoint: options.https ? facts.httpsEndpoint : facts.endpoint,
      ...(options.https ? { caFile: facts.caFile } : {}),
      tokenFile: directory.tokenFile,
      ...(options.keepAwsConfig ? {} : { emptyFile: directory.emptyFile }),
      sessionSuffix: Buffer.from(host.randomness.bytes(4)).toString('hex'),
      stsRegionalEndpoints: identity.stsRegionalEndpoints,
    })
    if (plan.withheld.length > 0)
      host.say(
        `openirsa: kept from the command, because they would win over its service account: ${plan.withheld.join(', ')}`,
      )
    return await runChild(options.command, plan.variables, host.say)
  } finally {
    renewal.stop()
    directory.remove()
  }
}

interface Fresh {
  readonly identity: AnnotatedIdentity
  readonly directory: TokenDirectory
  readonly expiresAt: Instant
}

/** Writes a new token into the file each time 80 % of the present one's life have passed; goes on trying when that fails. */
function keepFresh(options: RunOptions, host: RunHost, { identity, directory, expiresAt }: Fresh): { stop(): void } {
  let timer: NodeJS.Timeout
  const renew = async (): Promise<void> => {
    try {
      const next = await mint(options.dataDirectory, options.serviceAccount, identity)
      directory.write(next.token)
      plan(next.expiresAt)
    } catch (failure) {
      host.say(`openirsa: the token could not be renewed, trying again: ${(failure as Error).message}`)
      timer = setTimeout(() => void renew(), RETRY_MILLISECONDS)
    }
  }
  const plan = (until: Instant): void => {
    timer = setTimeout(() => void renew(), (until - host.clock.now()) * RENEW_AFTER_SHARE)
  }
  plan(expiresAt)
  return { stop: () => clearTimeout(timer) }
}
