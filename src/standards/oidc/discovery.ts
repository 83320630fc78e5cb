import { parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { DiscoveryError } from './errors.ts'
import { isJsonObject } from './jws.ts'
import type { IssuerUrl, SigningAlgorithm } from './model.ts'

/**
 * Reads a discovery document (OpenID Connect Discovery 1.0 §3) for the one member that verification needs.
 * Kubernetes' own lacks members that the specification requires: nothing but `issuer` and `jwks_uri` is demanded.
 * @throws DiscoveryError
 */
export function parseDiscoveryDocument(source: string | Uint8Array, issuer: IssuerUrl): { readonly jwksUri: string } {
  const document = parseDocument(source)
  // SPEC: OpenID Connect Discovery 1.0 §4.3: exactly the issuer that was asked for.
  if (document.issuer !== issuer)
    throw new DiscoveryError(`the discovery document of \`${issuer}\` is for another issuer`)
  const uri = document.jwks_uri
  if (typeof uri !== 'string' || !isHttpsUrl(uri)) {
    throw new DiscoveryError(`the discovery document of \`${issuer}\` has no \`jwks_uri\` with https`)
  }
  return { jwksUri: uri }
}

/** The discovery document as kube-apiserver writes it. */
export function renderDiscoveryDocument(facts: {
  readonly issuer: IssuerUrl
  readonly jwksUri: string
  readonly algorithms: readonly SigningAlgorithm[]
}): string {
  return JSON.stringify({
    issuer: facts.issuer,
    jwks_uri: facts.jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(facts.algorithms)].sort(),
  })
}

function parseDocument(source: string | Uint8Array) {
  try {
    const value = parseStrictJson(source)
    if (isJsonObject(value)) return value
  } catch (cause) {
    if (cause instanceof StrictJsonError)
      throw new DiscoveryError(`the discovery document is not JSON: ${cause.message}`, { cause })
    throw cause
  }
  throw new DiscoveryError('the discovery document is not a JSON object')
}

function isHttpsUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (
    url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '' && url.hostname !== ''
  )
}
