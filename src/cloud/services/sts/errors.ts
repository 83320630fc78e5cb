import { ApiError, type PolicyError } from '../../../core/index.ts'
import { identityFaultWords } from '../../../standards/policy/index.ts'
import type { SessionTooLargeError } from '../../session/index.ts'

// Codes and statuses: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and CommonErrors.

const validationError = (text: string): ApiError => new ApiError('ValidationError', 400, text)
const invalidParameterValue = (text: string): ApiError => new ApiError('InvalidParameterValue', 400, text)

/** The words of AssumeRoleWithWebIdentity. */
export const requestArnInvalid = (): ApiError => validationError('Request ARN is invalid')
/** The words of AssumeRole. */
export const arnInvalid = (arn: string): ApiError => validationError(`${arn} is invalid`)

/** Also for a role that is gone, or is no longer the one that was judged: whether there is one is nobody's business. */
export const notAuthorized = (action: string): ApiError =>
  new ApiError('AccessDenied', 403, `Not authorized to perform ${action}`)

/** What a caller hears who is denied a role of another account: no policy, and no sign whether the role exists. */
export const deniedOutright = (principalArn: string, action: string, resource: string): ApiError =>
  new ApiError(
    'AccessDenied',
    403,
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`,
  )

export const notLoginWithAmazon = (): ApiError =>
  new ApiError('InvalidIdentityToken', 400, 'Provided Token is not a Login With Amazon token')

const COULD_NOT_VALIDATE =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'

/** A claim of a verified token that cannot become part of a session. `detail` is for the operator. */
export const unusableClaim = (claim: string, detail: string): ApiError =>
  new ApiError('InvalidIdentityToken', 400, COULD_NOT_VALIDATE, {}, { detail: `\`${claim}\` ${detail}` })

export const durationExceedsRole = (): ApiError =>
  validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')

export const durationExceedsChaining = (): ApiError =>
  validationError('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.')

export const duplicateTagKeys = (): ApiError =>
  invalidParameterValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.')

export const transitiveKeyNotATag = (): ApiError =>
  invalidParameterValue('The specified transitive tag key must be included in the requested tags.')

export const conflictsWithTransitiveTag = (): ApiError =>
  invalidParameterValue(
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
  )

/** UNVERIFIED: the text. */
export const reservedTagKey = (): ApiError =>
  invalidParameterValue('Tag keys that begin with aws: are reserved and cannot be used.')

/** UNVERIFIED: the text. A source identity stays what it is to the end of a chain of roles. */
export const sourceIdentityIsSet = (): ApiError =>
  new ApiError('AccessDenied', 403, 'The source identity of the calling session cannot be changed.')

export const malformedPolicy = (cause: PolicyError): ApiError =>
  new ApiError('MalformedPolicyDocument', 400, identityFaultWords(cause), {}, { cause, detail: cause.message })

export const tooManyPolicyArns = (count: number): ApiError =>
  validationError(
    `1 validation error detected: Value '[${count} items]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10`,
  )

export const policyArnMissing = (place: number): ApiError =>
  validationError(
    `1 validation error detected: Value null at 'policyArns.${place}.member.arn' failed to satisfy constraint: Member must not be null`,
  )

/** UNVERIFIED: the text; the same for a policy that is not there and for one of another account. */
export const policyNotAttachable = (arn: string): ApiError =>
  validationError(`Policy ${arn} does not exist or is not attachable.`)

export const packedTooLarge = ({ percent, of }: SessionTooLargeError): ApiError =>
  new ApiError(
    'PackedPolicyTooLarge',
    400,
    of === 'tags'
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  )

/** UNVERIFIED: that AWS says it in these words of texts that are too long before they are packed. */
export const policiesTooLong = (percent: number): ApiError =>
  new ApiError(
    'PackedPolicyTooLarge',
    400,
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  )

/** No user here has an MFA device, so that no code can be right. */
export const mfaFailed = (): ApiError =>
  new ApiError(
    'AccessDenied',
    403,
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  )

export const memberNotImplemented = (member: string): ApiError =>
  new ApiError('NotImplemented', 501, `The parameter ${member} is not implemented by this installation.`)

/** UNVERIFIED: the text. */
export const unknownAccessKey = (): ApiError => validationError('The AWS Access Key Id you provided does not exist.')

/** UNVERIFIED: the text. The same for a message of another account as for one that there never was. */
export const invalidAuthorizationMessage = (): ApiError =>
  new ApiError('InvalidAuthorizationMessageException', 400, 'Message is not valid')

export const rateExceeded = (): ApiError => new ApiError('Throttling', 400, 'Rate exceeded')
