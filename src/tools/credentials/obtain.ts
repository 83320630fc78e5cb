import type { Randomness, ServiceAccountRef } from '../../core/index.ts'
import { type ExchangedCredentials, exchangeToken } from '../../io/aws/index.ts'
import { type InstallationFacts, readFacts } from '../../io/installation/index.ts'
import { mint, readIdentity, sessionName } from '../run/index.ts'

export interface CredentialsOptions {
  readonly dataDirectory: string
  readonly serviceAccount: ServiceAccountRef
  /** Name or ARN of the service account's cluster; default the local one. */
  readonly cluster?: string
  /** Wins over the service account's annotation. */
  readonly roleArn?: string
}

export interface ObtainedCredentials extends ExchangedCredentials {
  readonly roleArn: string
  readonly facts: InstallationFacts
}

/**
 * Temporary credentials of a service account: its token minted, and exchanged at the installation's STS as a pod would.
 * @throws ConfigError or ControlError when there is no such identity; ExchangeRefusedError when STS refuses it
 */
export async function obtainCredentials(
  options: CredentialsOptions,
  randomness: Randomness,
): Promise<ObtainedCredentials> {
  const { dataDirectory, serviceAccount } = options
  const facts = await readFacts(dataDirectory)
  const which = { directory: dataDirectory, cluster: options.cluster }
  const identity = await readIdentity(which, serviceAccount, options.roleArn)
  const { token } = await mint(which, serviceAccount, identity)
  const suffix = Buffer.from(randomness.bytes(4)).toString('hex')
  const exchanged = await exchangeToken({
    endpoint: facts.endpoint,
    roleArn: identity.roleArn,
    sessionName: sessionName(serviceAccount, suffix),
    token,
  })
  return { ...exchanged, roleArn: identity.roleArn, facts }
}
