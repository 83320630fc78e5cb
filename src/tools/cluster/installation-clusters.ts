import { type AccountId, ConfigError, parseAccountId, partitionOf, type Region, renderArn } from '../../core/index.ts'
import { type AdministratorCalls, createAdministratorCalls } from '../../io/aws/index.ts'
import { systemClock } from '../../io/host/index.ts'
import { askInstallation, defaultAudienceOf, type InstallationFacts, readFacts } from '../../io/installation/index.ts'
import type { ClusterReference, ClusterStatus } from './model.ts'

export interface AddOptions {
  readonly dataDirectory: string
  readonly name: string
  /** Absolute. */
  readonly kubeconfig: string
  readonly context?: string
  /** The installation's first one when absent. */
  readonly account?: string
  /** AWS STS, as the partition calls it, when empty. */
  readonly audiences: readonly string[]
  readonly verifiesBoundObjects: boolean
}

export interface AddedCluster {
  readonly cluster: ClusterStatus
  readonly providerArn: string
  /** Whether the account had the provider before. */
  readonly provider: 'created' | 'was-there'
}

/**
 * Makes a real cluster known to the running installation, and registers its issuer in the account; both or none.
 * @throws ConfigError, ControlError with the way out
 */
export async function addCluster(options: AddOptions): Promise<AddedCluster> {
  const { dataDirectory, name, kubeconfig, context, verifiesBoundObjects } = options
  const facts = await readFacts(dataDirectory)
  const account = accountOf(options.account ?? facts.account, facts)
  const audiences = options.audiences.length === 0 ? [defaultAudienceOf(facts)] : options.audiences
  const calls = await createAdministratorCalls({ ...facts, account }, { dataDirectory, clock: systemClock })
  const body = {
    name,
    kubeconfig,
    ...(context === undefined ? {} : { context }),
    account,
    audiences,
    verifiesBoundObjects,
  }
  const cluster = (await askInstallation(dataDirectory, {
    method: 'POST',
    path: 'known-clusters',
    body,
  })) as ClusterStatus
  try {
    const providerArn = providerArnOf(cluster.issuer, account, facts)
    return {
      cluster,
      providerArn,
      provider: await registerProvider(calls, { issuer: cluster.issuer, audiences, providerArn }),
    }
  } catch (failure) {
    await removeCluster(dataDirectory, name)
    throw failure
  }
}

/** The clusters that were added, and what is known of their keys. @throws ConfigError */
export async function listClusters(dataDirectory: string): Promise<readonly ClusterStatus[]> {
  const { items } = (await askInstallation(dataDirectory, { method: 'GET', path: 'known-clusters' })) as {
    readonly items: readonly ClusterStatus[]
  }
  return items
}

export interface RemovedCluster {
  readonly cluster: ClusterReference
  /** It stays in its account: roles may trust it. */
  readonly providerArn: string
}

/** Forgets a cluster: its API server is not asked for keys any more. @throws ConfigError, ControlError */
export async function removeCluster(dataDirectory: string, name: string): Promise<RemovedCluster> {
  const facts = await readFacts(dataDirectory)
  const path = `known-clusters/${encodeURIComponent(name)}`
  const cluster = (await askInstallation(dataDirectory, { method: 'DELETE', path })) as ClusterReference
  return { cluster, providerArn: providerArnOf(cluster.issuer, cluster.account, facts) }
}

function accountOf(text: string, { accounts }: InstallationFacts): AccountId {
  const account = parseAccountId(text)
  if (account !== undefined && accounts.includes(account)) return account
  throw new ConfigError(`\`${text.slice(0, 100)}\` is no account of this installation`, {
    hint: `it has ${accounts.join(', ')}`,
  })
}

function providerArnOf(issuer: string, account: AccountId, { region }: InstallationFacts): string {
  const partition = partitionOf(region as Region)
  const resource = `oidc-provider/${issuer.replace(/^https:\/\//, '')}`
  return renderArn({ partition, service: 'iam', region: '', account, resource })
}

interface Registration {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly providerArn: string
}

async function registerProvider(
  calls: AdministratorCalls,
  { issuer, audiences, providerArn }: Registration,
): Promise<AddedCluster['provider']> {
  const ids = Object.fromEntries(audiences.map((audience, at) => [`ClientIDList.member.${at + 1}`, audience]))
  const made = await calls.iam('CreateOpenIDConnectProvider', { Url: issuer, ...ids })
  if (made.code === '') return 'created'
  if (made.code !== 'EntityAlreadyExists') throw refused(made)
  for (const audience of audiences) {
    const more = { OpenIDConnectProviderArn: providerArn, ClientID: audience }
    const added = await calls.iam('AddClientIDToOpenIDConnectProvider', more)
    if (added.code !== '') throw refused(added)
  }
  return 'was-there'
}

function refused({ code, text }: { readonly code: string; readonly text: string }): ConfigError {
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? ''
  return new ConfigError(`the OIDC provider could not be registered: ${code}${message === '' ? '' : `: ${message}`}`)
}
