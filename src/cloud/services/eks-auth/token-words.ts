import { ApiError, type TokenError, type TokenReason } from '../../../core/index.ts'

interface Words {
  readonly code: 'InvalidTokenException' | 'ExpiredTokenException' | 'ServiceUnavailableException'
  readonly httpStatus: number
  readonly text: string
}

const invalid = (text: string): Words => ({ code: 'InvalidTokenException', httpStatus: 400, text })
const unavailable = (text: string): Words => ({ code: 'ServiceUnavailableException', httpStatus: 503, text })

const INVALID = invalid('The specified Kubernetes service account token is invalid.')
const NOT_A_PODS = invalid('The specified Kubernetes service account token is invalid: it is not bound to a pod.')

/** The words for each reason; a reason without words does not compile. UNVERIFIED: the texts, which are those of the documentation. */
const WORDS = {
  malformed: INVALID,
  'missing-claim': INVALID,
  'unsupported-algorithm': INVALID,
  'unknown-issuer': invalid('The specified Kubernetes service account token is not one of this cluster.'),
  'audience-mismatch': invalid('The specified Kubernetes service account token is for another audience.'),
  expired: {
    code: 'ExpiredTokenException',
    httpStatus: 400,
    text: 'The specified Kubernetes service account token is expired.',
  },
  'not-yet-valid': INVALID,
  'unknown-key': INVALID,
  'bad-signature': INVALID,
  'issuer-unreachable': unavailable('The keys of the cluster could not be read. Back off and retry the operation.'),
  'thumbprint-mismatch': INVALID,
  'untrusted-claim': INVALID,
  'bound-object-gone': INVALID,
  unconfirmed: unavailable('The cluster could not be asked about the token. Back off and retry the operation.'),
} as const satisfies Record<TokenReason, Words>

/** The answer to a token that was refused; nothing of the token is in it. */
export function tokenRefused(error: TokenError): ApiError {
  const isNotOfPod = error.reason === 'missing-claim' && error.facts.claim?.startsWith('kubernetes.io') === true
  const { code, httpStatus, text } = isNotOfPod ? NOT_A_PODS : WORDS[error.reason]
  return new ApiError(code, httpStatus, text, {}, { cause: error })
}
