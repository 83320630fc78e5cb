import { hash } from 'node:crypto'
import { SignatureError, seconds } from '../../core/index.ts'
import { deriveSigningKey, isNormalPath, type SigningKeyCache, verifySignature } from '../../standards/sigv4/index.ts'
import type { Principal } from '../operation.ts'
import { findSigner, type SignerSources } from './find-signer.ts'
import type { Arrival, Recognised } from './model.ts'

/** SPEC: AWS lets clocks differ by 15 minutes, in either direction. */
const MAX_SKEW_SECONDS = seconds(15 * 60)

export interface SignatureParts extends SignerSources {
  readonly signingKeys: SigningKeyCache
}

/**
 * Step 2 for signed calls, and for those that nobody signed.
 * @throws SignatureError with the first thing that is wrong
 */
export function authenticateSignature(arrival: Arrival, recognised: Recognised, parts: SignatureParts): Principal {
  const { presented, row } = recognised
  if (presented === undefined) {
    if (row.authenticate.by === 'sigv4' && row.authenticate.orAnonymous === true) return { kind: 'anonymous' }
    throw new SignatureError('missing', 'the request is not signed')
  }
  const signer = findSigner(presented, parts)
  const { accessKeyId, scope } = presented
  if ('failure' in signer) {
    // An unknown key is worked with like a known one before it is refused: the time it takes tells nothing.
    deriveSigningKey(signer.secret, scope)
    throw signer.failure
  }
  const { protocol, signingName } = recognised.service.model
  const pathStyle = protocol === 'restXml' ? 's3' : 'normalized'
  // The signature holds for every spelling of such a path, but the operation was chosen by this one.
  if (pathStyle === 'normalized' && !isNormalPath(arrival.head.path))
    throw new SignatureError('malformed', 'the path has empty, `.` or `..` segments', { accessKeyId })
  verifySignature(arrival.head, presented, {
    // Asked for once scope and time have been found good: nonsense fills no cache.
    signingKey: () => parts.signingKeys.get({ accessKeyId, secret: signer.secret, scope }),
    now: arrival.time,
    bodySha256: recognised.body === undefined ? undefined : hash('sha256', recognised.body, 'hex'),
    pathStyle,
    maxSkewSeconds: MAX_SKEW_SECONDS,
    services: [signingName],
  })
  return signer.principal
}
