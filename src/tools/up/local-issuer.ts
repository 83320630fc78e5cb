import type { WebIdentityKeys } from '../../cloud/gateway/index.ts'
import type { ThumbprintSource } from '../../cloud/services/iam/index.ts'
import { type Clock, TokenError } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { createJwksSource, FetchError, type Network, readTopThumbprint } from '../../io/http/index.ts'
import { findKey, type Thumbprint } from '../../standards/oidc/index.ts'
import type { KnownCluster, KnownClusters } from '../cluster/index.ts'
import type { HostedIssuer, HostedIssuers } from './hosted-issuers.ts'

/** Where cluster and cloud meet: our own issuers' keys are looked up in process, those of clusters that were added at their API servers, everybody else's are fetched. */
export interface IssuerKeys {
  readonly webIdentityKeys: WebIdentityKeys
  readonly thumbprints: ThumbprintSource
}

export interface IssuerKeysParts {
  readonly network: Network
  readonly allowPrivateIssuers: readonly string[]
  /** Thumbprint of our own authority: what is kept for a provider of our issuers that is made without any. */
  readonly ownThumbprint: Thumbprint
  /** Real clusters that were added. */
  readonly knownClusters: Pick<KnownClusters, 'find'>
  readonly clock: Clock
  readonly log: Log
}

export function createIssuerKeys(issuers: HostedIssuers, parts: IssuerKeysParts): IssuerKeys {
  const { clock, network, log, knownClusters } = parts
  const allowPrivateHosts = new Set(parts.allowPrivateIssuers)
  const foreign = createJwksSource({ network, clock, allowPrivateHosts, log })
  return {
    webIdentityKeys: {
      find: async (request) => {
        const own = issuers.find(request.issuer)
        if (own !== undefined) return { key: findOwnKey(own, request.keyId), connection: 'hosted' }
        const known = knownClusters.find(request.issuer)
        if (known !== undefined) return findAtCluster(known, request.keyId)
        if (!issuers.isGone(request.issuer)) return foreign.find(request)
        throw new TokenError('issuer-unreachable', 'the cluster of the issuer is deleted', { issuer: request.issuer })
      },
    },
    thumbprints: {
      find: async (url) => {
        // Of a cluster that was added no certificate counts but those of its kubeconfig: any thumbprint will do.
        if (issuers.find(url) !== undefined || knownClusters.find(url) !== undefined) return parts.ownThumbprint
        if (issuers.isGone(url)) return undefined
        try {
          return await readTopThumbprint(url, allowPrivateHosts, network)
        } catch (failure) {
          if (!(failure instanceof FetchError)) throw failure
          log.warn({ reason: failure.reason }, 'the certificates of an issuer could not be read')
          return undefined
        }
      },
      permits: (url) => knownClusters.find(url) !== undefined || isPermitted(new URL(url).hostname, allowPrivateHosts),
    },
  }
}

/** SPEC: RFC 6761 §6.3: `localhost` and the names below it lead to this machine, whatever a resolver says. */
function isPermitted(host: string, allowed: ReadonlySet<string>): boolean {
  return allowed.has(host) || !(host === 'localhost' || host.endsWith('.localhost'))
}

/** `hosted`: by whom the API server is believed stands in the kubeconfig, and is nobody's of the outside. */
async function findAtCluster({ findKey: find, confirm }: KnownCluster, keyId: string) {
  const key = await find(keyId)
  return { key, connection: 'hosted', ...(confirm === undefined ? {} : { confirm }) } as const
}

/** @throws TokenError `unknown-key` */
function findOwnKey({ url, keys }: HostedIssuer, keyId: string) {
  const key = findKey(keys, keyId)
  if (key !== undefined) return key
  const facts = { issuer: url, keyId, accepted: [...keys.keys.keys()] }
  throw new TokenError('unknown-key', 'the token names a key that its issuer does not have', facts)
}
