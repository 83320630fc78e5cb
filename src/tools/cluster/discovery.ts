import { ConfigError, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import type { Kube } from '../../io/kube/index.ts'
import {
  type IssuerUrl,
  IssuerUrlError,
  JwkSetError,
  parseIssuerUrl,
  parseJwkSet,
  type VerificationKeySet,
} from '../../standards/oidc/index.ts'

/** SPEC: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery */
const DISCOVERY_PATH = '/.well-known/openid-configuration'
const JWKS_PATH = '/openid/v1/jwks'

/** The issuer that an API server names. @throws KubeError; ConfigError when AWS would not take it */
export async function readIssuer(kube: Kube): Promise<IssuerUrl> {
  const issuer = issuerOf(await kube.text(DISCOVERY_PATH))
  if (issuer === undefined) throw new ConfigError("the API server's discovery document names no issuer")
  try {
    return parseIssuerUrl(issuer)
  } catch (cause) {
    if (!(cause instanceof IssuerUrlError)) throw cause
    throw new ConfigError(`IAM takes no provider for the issuer of this cluster: ${cause.message}`, {
      cause,
      hint: 'start its kube-apiserver with another --service-account-issuer: https, a host, no port',
    })
  }
}

function issuerOf(text: string): string | undefined {
  try {
    const document = parseStrictJson(text)
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document)
    const issuer = isObject && 'issuer' in document ? document.issuer : undefined
    return typeof issuer === 'string' ? issuer : undefined
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause
    throw new ConfigError("the API server's discovery document is not JSON", { cause })
  }
}

/** The keys that an API server publishes, and their text. @throws KubeError; JwkSetError, also when none can be used */
export async function readKeys(kube: Kube): Promise<{ readonly set: VerificationKeySet; readonly jwks: string }> {
  const jwks = await kube.text(JWKS_PATH)
  const set = parseJwkSet(jwks)
  if (set.keys.size === 0) throw new JwkSetError('the API server publishes no key that can be used')
  return { set, jwks }
}
