import { type IssuerUrl, renderDiscoveryDocument, renderJwkSet } from '../../standards/oidc/index.ts'
import type { IssuerState } from './model.ts'
import { publishableKeys } from './rotation.ts'

/** One of the two documents of an issuer, as it has to be served. */
export interface IssuerDocument {
  readonly name: 'discovery' | 'jwks'
  /** Below the issuer's URL, without a slash in front. */
  readonly path: string
  readonly contentType: string
  readonly cacheControl: string
  readonly body: string
}

/** Both of them, in the order in which they may appear: nobody is led to a JWKS that is not there yet. */
export interface IssuerDocuments {
  readonly jwks: IssuerDocument
  readonly discovery: IssuerDocument
}

const DISCOVERY_PATH = '.well-known/openid-configuration'
const JWKS_PATH = 'keys.json'

/** Where the JWKS of an issuer lies. */
export function keyStoreJwksUri(issuer: IssuerUrl): string {
  return `${issuer.replace(/\/$/, '')}/${JWKS_PATH}`
}

/** Types and lives are those of kube-apiserver; the documents say nothing that AWS STS and it do not read. */
export function renderIssuerDocuments(state: IssuerState): IssuerDocuments {
  const keys = publishableKeys(state)
  const cacheControl = `public, max-age=${state.times.maxAgeSeconds}`
  const { issuer, jwksUri } = state
  return {
    jwks: {
      name: 'jwks',
      path: JWKS_PATH,
      contentType: 'application/jwk-set+json',
      cacheControl,
      body: renderJwkSet(keys),
    },
    discovery: {
      name: 'discovery',
      path: DISCOVERY_PATH,
      contentType: 'application/json',
      cacheControl,
      body: renderDiscoveryDocument({ issuer, jwksUri, algorithms: keys.map(({ algorithm }) => algorithm) }),
    },
  }
}
