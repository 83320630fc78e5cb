import { ApiError } from '../../core/index.ts'
import type { Principal, Refusal } from '../operation.ts'
import { deniedSentence } from './denied-sentence.ts'
import {
  jsonSignatureWords,
  querySignatureWords,
  type SignatureWords,
  s3SignatureWords,
  signatureRefused,
} from './signature-words.ts'

/** The call that was refused, as far as words depend on it. */
export interface RefusedCall {
  readonly operation: string
  readonly region: string
  readonly signedBy?: 'header' | 'query' | undefined
}

/** What tells one wire family from another. */
interface Family {
  readonly signature: SignatureWords
  readonly deniedCode: string
  readonly deniedStatus: number
  sentence(denial: Extract<Refusal, { kind: 'denial' }>): string
}

const QUERY: Family = {
  signature: querySignatureWords,
  deniedCode: 'AccessDenied',
  deniedStatus: 403,
  sentence: plainSentence,
}
const JSON_FAMILY: Family = {
  signature: jsonSignatureWords(400),
  deniedCode: 'AccessDeniedException',
  deniedStatus: 400,
  sentence: plainSentence,
}
const REST_JSON: Family = { ...JSON_FAMILY, signature: jsonSignatureWords(403), deniedStatus: 403 }
const S3: Family = { signature: s3SignatureWords, deniedCode: 'AccessDenied', deniedStatus: 403, sentence: s3Sentence }

/** A refusal of STS or IAM. Tokens have a table of their own in services/sts. */
export const refuseQuery = (refusal: Refusal, call: RefusedCall): ApiError => refuse(QUERY, refusal, call)
/** A refusal of a service that speaks awsJson, such as CloudTrail. */
export const refuseJson = (refusal: Refusal, call: RefusedCall): ApiError => refuse(JSON_FAMILY, refusal, call)
/** A refusal of a service that speaks restJson, such as EKS. */
export const refuseRestJson = (refusal: Refusal, call: RefusedCall): ApiError => refuse(REST_JSON, refusal, call)
/** A refusal of S3. */
export const refuseS3 = (refusal: Refusal, call: RefusedCall): ApiError => refuse(S3, refusal, call)

function refuse(family: Family, refusal: Refusal, call: RefusedCall): ApiError {
  if (refusal.kind === 'signature') return signatureRefused(family.signature, refusal.error, call.signedBy ?? 'header')
  if (refusal.kind === 'denial') return new ApiError(family.deniedCode, family.deniedStatus, family.sentence(refusal))
  const text =
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
  return new ApiError('InvalidIdentityToken', 400, text, {}, { cause: refusal.error })
}

function plainSentence({ judged: { requirement, decision }, principal }: Extract<Refusal, { kind: 'denial' }>): string {
  // SPEC: to the holder of a mere token STS names neither policy nor reason.
  if (principal.kind === 'web-identity') return `Not authorized to perform ${requirement.action}`
  return deniedSentence({ ...requirement, decision, principalArn: arnOf(principal), style: 'plain' })
}

/** S3 gives its reasons within one account only; across accounts, and to nobody in particular, it says no more than this. */
function s3Sentence({ judged: { requirement, decision }, principal }: Extract<Refusal, { kind: 'denial' }>): string {
  if (principal.kind === 'anonymous' || principal.account !== requirement.resourceAccount) return 'Access Denied'
  return deniedSentence({ ...requirement, decision, principalArn: arnOf(principal), style: 's3' })
}

function arnOf(principal: Principal): string {
  if (principal.kind === 'anonymous') return 'anonymous'
  return principal.kind === 'web-identity' ? principal.provider.arn : principal.arn
}
