import { instant, Secret, type ServiceAccountRef } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import type { KubeResource, RequestedToken, TokenRequestOptions, TokenReview, TokenReviewOptions } from './model.ts'
import { objectPath } from './paths.ts'
import { parseJson } from './read-object.ts'
import { RESOURCES } from './resources.ts'
import { isRecord } from './status.ts'
import type { Transport } from './transport.ts'

const BOUND_API_VERSION = 'v1'

/** SPEC: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
export async function requestToken(
  transport: Transport,
  { namespace, name }: ServiceAccountRef,
  options: TokenRequestOptions,
): Promise<RequestedToken> {
  const { audiences, expirationSeconds, boundTo, signal, onWarning } = options
  requireAudience(audiences)
  const document = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences,
      expirationSeconds,
      ...(boundTo === undefined ? {} : { boundObjectRef: { apiVersion: BOUND_API_VERSION, ...boundTo } }),
    },
  }
  const path = objectPath(RESOURCES.serviceAccounts, { namespace, name }, 'token')
  const status = statusOf(parseJson(await transport.ask({ ...post(path, document), signal, onWarning })))
  const expiresAt = Date.parse(String(status.expirationTimestamp))
  if (typeof status.token !== 'string' || Number.isNaN(expiresAt))
    throw new KubeError('malformed', 'the API server answers a TokenRequest without a token')
  return { token: new Secret(status.token), expiresAt: instant(expiresAt) }
}

const TOKEN_REVIEWS: KubeResource = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  isNamespaced: false,
}

/** SPEC: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/ */
export async function reviewToken(
  transport: Transport,
  token: Secret,
  { audiences, signal, onWarning }: TokenReviewOptions,
): Promise<TokenReview> {
  requireAudience(audiences)
  const { apiVersion, kind } = TOKEN_REVIEWS
  const document = { apiVersion, kind, spec: { token: token.reveal(), audiences } }
  const path = `/apis/${apiVersion}/${TOKEN_REVIEWS.plural}`
  // Nothing is kept by it: a second time does no harm.
  const answer = await transport.ask({ ...post(path, document), signal, onWarning, isRepeatable: true })
  return readReview(statusOf(parseJson(answer)), audiences)
}

function readReview(status: Readonly<Record<string, unknown>>, wanted: readonly string[]): TokenReview {
  if (status.authenticated !== true) {
    const message = typeof status.error === 'string' ? status.error : ''
    return { outcome: 'refused', message: message.slice(0, 500).replace(/[\p{Cc}\p{Cf}]+/gu, ' ') }
  }
  // SPEC: an API server that does not know of audiences answers none: then it judged the token as one for itself.
  const audiences = textsOf(status.audiences).filter((audience) => wanted.includes(audience))
  if (audiences.length === 0) return { outcome: 'refused', message: 'the token is for none of the audiences asked for' }
  const user = isRecord(status.user) ? status.user : {}
  if (typeof user.username !== 'string')
    throw new KubeError('malformed', 'the API server answers a TokenReview without a user')
  const extra = Object.entries(isRecord(user.extra) ? user.extra : {})
  return {
    outcome: 'authenticated',
    username: user.username,
    ...(typeof user.uid === 'string' ? { uid: user.uid } : {}),
    groups: textsOf(user.groups),
    extra: Object.fromEntries(extra.map(([name, values]) => [name, textsOf(values)])),
    audiences,
  }
}

/** The type says so already; a caller from elsewhere may not have looked. */
function requireAudience(audiences: readonly string[]): void {
  if (audiences.length === 0 || audiences.includes(''))
    throw new TypeError('an audience is required: without one the token is for the API server itself')
}

const post = (path: string, document: unknown) =>
  ({ method: 'POST', path, body: { type: 'application/json', text: JSON.stringify(document) } }) as const

function statusOf(answer: unknown): Readonly<Record<string, unknown>> {
  return isRecord(answer) && isRecord(answer.status) ? answer.status : {}
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
