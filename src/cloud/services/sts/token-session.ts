import { type Complete, isNamespaceName, isObjectName } from '../../../core/index.ts'
import type { WebIdentityToken } from '../../../standards/oidc/index.ts'
import type { OidcProvider } from '../../identity/index.ts'
import type { SessionDraft } from '../../session/index.ts'
import { unusableClaim } from './errors.ts'

type WebIdentity = NonNullable<SessionDraft['webIdentity']>
type Kubernetes = NonNullable<WebIdentity['kubernetes']>

/** SPEC: SubjectFromWebIdentityToken has at most 255 characters. */
const LONGEST_SUBJECT = 255
const LONGEST_AUDIENCE = 255
/** Longer ones are not of Kubernetes, and are left out of the session: they serve the record alone. */
const LONGEST_ID = 64
const MOST_METHODS = 10

/** What a session remembers of its token. @throws ApiError InvalidIdentityToken when it says more than a session can hold */
export function webIdentityOfToken(token: WebIdentityToken, provider: OidcProvider): WebIdentity {
  const { subject, audience, tokenId, claims } = token
  if (subject.length > LONGEST_SUBJECT) throw unusableClaim('sub', `must have at most ${LONGEST_SUBJECT} characters`)
  if (audience.length > LONGEST_AUDIENCE) throw unusableClaim('aud', `must have at most ${LONGEST_AUDIENCE} characters`)
  const methods = methodsOf(claims.amr)
  const kubernetes = kubernetesOf(claims['kubernetes.io'])
  return {
    providerArn: provider.arn,
    issuerHostPath: provider.url,
    subject,
    audience,
    methods,
    tokenId: tokenId === undefined || tokenId.length > LONGEST_ID ? undefined : tokenId,
    kubernetes,
  }
}

/** SPEC: RFC 8176: `amr` is a list of texts; one text alone counts as such. */
function methodsOf(claim: unknown): readonly string[] | undefined {
  const methods = typeof claim === 'string' ? [claim] : claim
  if (!Array.isArray(methods) || !methods.every((method) => typeof method === 'string')) return undefined
  if (methods.length > MOST_METHODS || methods.some((method: string) => method.length > LONGEST_ID)) {
    throw unusableClaim('amr', `must have at most ${MOST_METHODS} values of ${LONGEST_ID} characters`)
  }
  return methods
}

/** Names that Kubernetes would accept, and nothing else; undefined when there are none. */
function kubernetesOf(claim: unknown): Kubernetes | undefined {
  if (!isObject(claim)) return undefined
  const { serviceaccount, pod, node } = claim
  const names: Complete<Kubernetes> = {
    namespace: nameOf(claim.namespace, isNamespaceName),
    serviceAccount: nameOf(memberOf(serviceaccount, 'name'), isObjectName),
    serviceAccountUid: nameOf(memberOf(serviceaccount, 'uid'), isUid),
    pod: nameOf(memberOf(pod, 'name'), isObjectName),
    podUid: nameOf(memberOf(pod, 'uid'), isUid),
    node: nameOf(memberOf(node, 'name'), isObjectName),
  }
  return Object.values(names).some((name) => name !== undefined) ? names : undefined
}

const isUid = (text: string): boolean => text.length <= LONGEST_ID && /^[\w-]+$/.test(text)

function nameOf(value: unknown, isName: (text: string) => boolean): string | undefined {
  return typeof value === 'string' && isName(value) ? value : undefined
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
