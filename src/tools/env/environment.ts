import { ConfigError } from '../../core/index.ts'
import { findRunningPid, readAdministrators, readFacts } from '../../io/installation/index.ts'

export interface EnvOptions {
  readonly dataDirectory: string
  /** Default: the installation's first account. */
  readonly account?: string
  readonly https: boolean
}

export interface AdministratorEnvironment {
  /** In the order in which they are printed. */
  readonly variables: Readonly<Record<string, string>>
  readonly isRunning: boolean
}

/**
 * What AWS tools need to talk to the installation as administrator; read from the data directory alone, running or not.
 * @throws ConfigError when there is no installation, or it has no such account
 */
export async function readEnvironment(options: EnvOptions): Promise<AdministratorEnvironment> {
  const facts = await readFacts(options.dataDirectory)
  const administrators = await readAdministrators(options.dataDirectory)
  const account = options.account ?? facts.account
  const credentials = administrators.find((one) => one.account === account)
  if (credentials === undefined) {
    throw new ConfigError(`the installation has no account \`${account}\``, {
      hint: `it has ${administrators.map((one) => one.account).join(', ')}; add one with \`openirsa up --account ${account}\``,
    })
  }
  const variables = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: facts.region,
    AWS_DEFAULT_REGION: facts.region,
    AWS_ENDPOINT_URL: options.https ? facts.httpsEndpoint : facts.endpoint,
    ...(options.https ? { AWS_CA_BUNDLE: facts.caFile, NODE_EXTRA_CA_CERTS: facts.caFile } : {}),
  }
  return { variables, isRunning: findRunningPid(options.dataDirectory) !== undefined }
}
