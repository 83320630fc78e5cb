import { epochSeconds, instantOfEpochSeconds, subjectOf } from '../../core/index.ts'
import { mintToken, type SigningKey } from '../../standards/oidc/index.ts'
import { TokenRequestError } from './errors.ts'
import type { ProjectedToken, ServiceAccountTokenRequest } from './model.ts'

/** SPEC: Kubernetes authentication.k8s.io/v1, TokenRequestSpec: default, smallest and largest `expirationSeconds`. */
const DEFAULT_EXPIRATION_SECONDS = 3600
const MIN_EXPIRATION_SECONDS = 600
const MAX_EXPIRATION_SECONDS = 2 ** 32

/**
 * A service account's token as kube-apiserver's TokenRequest gives it: claims, their order, header.
 * It never asks who may have it: that the service account exists, and may be asked for, is the caller's to know.
 * @throws TokenRequestError in Kubernetes' words when the duration or the audiences are not acceptable
 */
export function mintServiceAccountToken(request: ServiceAccountTokenRequest, key: SigningKey): ProjectedToken {
  const lifeSeconds = expirationOf(request.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS)
  const { issuer, serviceAccount, audiences, now, uuid } = request
  if (audiences.length === 0 || audiences.includes('')) {
    throw new TokenRequestError('spec.audiences: a token is for one audience at least, and none is empty', {
      hint: 'for AWS STS it is `sts.amazonaws.com`',
    })
  }
  const issuedAt = epochSeconds(now)
  const claims = {
    aud: audiences,
    exp: issuedAt + lifeSeconds,
    iat: issuedAt,
    iss: issuer,
    jti: uuid,
    'kubernetes.io': boundTo(request),
    nbf: issuedAt,
    sub: subjectOf(serviceAccount),
  }
  return { token: mintToken(claims, key), tokenId: uuid, expiresAt: instantOfEpochSeconds(claims.exp) }
}

/** SPEC: pkg/serviceaccount/claims.go of Kubernetes: members in the order of the alphabet, absent ones left out. */
function boundTo({ serviceAccount, pod, node }: ServiceAccountTokenRequest): Readonly<Record<string, unknown>> {
  return {
    namespace: serviceAccount.namespace,
    ...(node === undefined ? {} : { node: { name: node.name, ...(node.uid === undefined ? {} : { uid: node.uid }) } }),
    ...(pod === undefined ? {} : { pod: { name: pod.name, uid: pod.uid } }),
    serviceaccount: { name: serviceAccount.name, uid: serviceAccount.uid },
  }
}

function expirationOf(asked: number): number {
  if (!Number.isInteger(asked)) throw refused(asked, 'must be whole seconds')
  if (asked < MIN_EXPIRATION_SECONDS) throw refused(asked, 'may not specify a duration less than 10 minutes')
  if (asked > MAX_EXPIRATION_SECONDS) throw refused(asked, 'may not specify a duration larger than 2^32 seconds')
  return asked
}

function refused(asked: number, why: string): TokenRequestError {
  return new TokenRequestError(`spec.expirationSeconds: Invalid value: ${asked}: ${why}`)
}
