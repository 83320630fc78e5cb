import { type IssuerUrl, renderDiscoveryDocument, renderJwkSet } from '../../standards/oidc/index.ts'
import { publishedKeys } from './key-ring.ts'
import type { KeyRing } from './model.ts'

/** Where the JWKS of an issuer lies, as EKS has it: `/keys` below the issuer. */
export function jwksUriOf(issuer: IssuerUrl): string {
  return `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/keys`
}

/** The discovery document, for `/.well-known/openid-configuration` below the issuer; `application/json`. */
export function renderIssuerDiscovery(issuer: IssuerUrl, ring: KeyRing, jwksUri: string = jwksUriOf(issuer)): string {
  return renderDiscoveryDocument({ issuer, jwksUri, algorithms: publishedKeys(ring).map(({ algorithm }) => algorithm) })
}

/** The JWKS with the public half of every key of the ring; `application/jwk-set+json`. */
export function renderIssuerJwks(ring: KeyRing): string {
  return renderJwkSet(publishedKeys(ring))
}
