import type { WebIdentityKeys } from '../../cloud/gateway/index.ts'
import type { ThumbprintSource } from '../../cloud/services/iam/index.ts'
import {
  mintServiceAccountToken,
  publicKeySet,
  renderIssuerDiscovery,
  renderIssuerJwks,
} from '../../cluster/issuer/index.ts'
import type { Objects } from '../../cluster/objects/index.ts'
import {
  type Clock,
  ConfigError,
  type Instant,
  type Randomness,
  type ServiceAccountRef,
  TokenError,
} from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { createJwksSource, FetchError, type Network, readTopThumbprint } from '../../io/http/index.ts'
import { findKey, type IssuerUrl, type Thumbprint } from '../../standards/oidc/index.ts'
import type { InstallationKeys } from './keys.ts'

/** Where cluster and cloud meet: our own issuer's keys are looked up in process, everybody else's are fetched. */
export interface LocalIssuer {
  /** Last segment of the issuer's URL. */
  readonly id: string
  readonly webIdentityKeys: WebIdentityKeys
  readonly thumbprints: ThumbprintSource
  discoveryDocument(): string
  jwks(): string
  /** @throws TokenRequestError, ConfigError when the service account is gone */
  mint(
    ref: ServiceAccountRef,
    audiences: readonly string[],
    expirationSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAt: Instant }>
}

export interface LocalIssuerParts {
  readonly objects: Objects
  readonly network: Network
  readonly allowPrivateIssuers: readonly string[]
  /** Thumbprint of our own authority: what is kept for a provider of our issuer that is made without any. */
  readonly ownThumbprint: Thumbprint
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
}

export function createLocalIssuer(keys: InstallationKeys, parts: LocalIssuerParts): LocalIssuer {
  const { clock, randomness, network, log } = parts
  const issuer = keys.issuer as IssuerUrl
  const ownKeys = publicKeySet(keys.issuerKeys)
  const allowPrivateHosts = new Set(parts.allowPrivateIssuers)
  const foreign = createJwksSource({ network, clock, allowPrivateHosts, log })
  return {
    id: issuer.slice(issuer.lastIndexOf('/') + 1),
    webIdentityKeys: {
      find: async (request) => {
        if (request.issuer !== issuer) return foreign.find(request)
        const key = findKey(ownKeys, request.keyId)
        if (key !== undefined) return { key, connection: 'hosted' }
        const facts = { issuer, keyId: request.keyId, accepted: [...ownKeys.keys.keys()] }
        throw new TokenError('unknown-key', 'the token names a key that its issuer does not have', facts)
      },
    },
    thumbprints: {
      find: async (url) => {
        if (url === issuer) return parts.ownThumbprint
        try {
          return await readTopThumbprint(url, allowPrivateHosts, network)
        } catch (failure) {
          if (!(failure instanceof FetchError)) throw failure
          log.warn({ reason: failure.reason }, 'the certificates of an issuer could not be read')
          return undefined
        }
      },
    },
    discoveryDocument: () => renderIssuerDiscovery(issuer, keys.issuerKeys),
    jwks: () => renderIssuerJwks(keys.issuerKeys),
    mint: async (ref, audiences, expirationSeconds) => {
      const serviceAccount = await parts.objects.findServiceAccount(ref)
      if (serviceAccount === undefined)
        throw new ConfigError(`there is no service account \`${ref.namespace}/${ref.name}\``)
      return mintServiceAccountToken(
        { issuer, serviceAccount, audiences, expirationSeconds, now: clock.now(), uuid: randomness.uuid() },
        keys.issuerKeys.active,
      )
    },
  }
}
