import { ApiError } from '../../../core/index.ts'

// Codes and statuses are of the API's model; texts as seen in the wild. What nobody was seen to quote is marked UNVERIFIED.

const noSuchEntity = (text: string): ApiError => new ApiError('NoSuchEntity', 404, text)
const alreadyExists = (text: string): ApiError => new ApiError('EntityAlreadyExists', 409, text)
const deleteConflict = (text: string): ApiError => new ApiError('DeleteConflict', 409, text)
const limitExceeded = (text: string): ApiError => new ApiError('LimitExceeded', 409, text)
const invalidInput = (text: string): ApiError => new ApiError('InvalidInput', 400, text)
const validationError = (text: string): ApiError => new ApiError('ValidationError', 400, text)

export const malformedPolicy = (text: string): ApiError => new ApiError('MalformedPolicyDocument', 400, text)

/**
 * UNVERIFIED: the text; that such a policy is refused is documented.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
export const unscopedIssuer = (key: string): ApiError =>
  malformedPolicy(`The trust policy must have a condition on ${key}, with a value that is not only wildcards.`)

export const missingToken = (): ApiError =>
  new ApiError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')

// Roles, users.

/** @param noun `role`, `user`, `group` */
export const holderNotFound = (noun: string, name: string): ApiError =>
  noSuchEntity(`The ${noun} with name ${name} cannot be found.`)

/** @param noun `Role`, `User`, `Group` */
export const nameTaken = (noun: string, name: string): ApiError =>
  alreadyExists(`${noun} with name ${name} already exists.`)

export const userNameWanted = (): ApiError =>
  validationError('Must specify userName when calling with non-User credentials')

export const quotaExceeded = (quota: string, most: number): ApiError =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${most}`)

/** @param what `detach all policies`, `delete policies`, `remove roles from instance profile` … */
export const mustFirst = (what: string): ApiError => deleteConflict(`Cannot delete entity, must ${what} first.`)

export const invalidPrincipal = (type: string, value: string): ApiError =>
  malformedPolicy(`Invalid principal in policy: "${type}":"${value}"`)

export const inlineQuotaExceeded = (noun: string, name: string, most: number): ApiError =>
  limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${noun} ${name}`)

export const inlinePolicyNotFound = (noun: string, name: string): ApiError =>
  noSuchEntity(`The ${noun} policy with name ${name} cannot be found.`)

// Instance profiles.

export const instanceProfileNotFound = (name: string): ApiError =>
  noSuchEntity(`Instance Profile ${name} cannot be found.`)

export const instanceProfileTaken = (name: string): ApiError =>
  alreadyExists(`Instance Profile ${name} already exists.`)

/** UNVERIFIED: the text. */
export const roleNotInProfile = (role: string, profile: string): ApiError =>
  noSuchEntity(`The role with name ${role} cannot be found in instance profile ${profile}.`)

// The account, and what nobody has here.

export const aliasTaken = (alias: string): ApiError => alreadyExists(`The account alias ${alias} already exists.`)

export const aliasNotFound = (alias: string): ApiError => noSuchEntity(`The account alias ${alias} does not exist.`)

export const loginProfileNotFound = (userName: string): ApiError =>
  noSuchEntity(`Login Profile for User ${userName} cannot be found.`)

export const passwordPolicyNotFound = (account: string): ApiError =>
  noSuchEntity(`The Password Policy with domain name ${account} cannot be found.`)

// Access keys.

export const accessKeyNotFound = (accessKeyId: string): ApiError =>
  noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`)

// Managed policies.

export const policyNotFound = (arn: string): ApiError => noSuchEntity(`Policy ${arn} was not found.`)

export const policyNotAttachable = (arn: string): ApiError =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)

export const boundaryNotAttachable = (arn: string): ApiError =>
  noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)

export const policyVersionNotFound = (arn: string, versionId: string): ApiError =>
  noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)

export const unparseableArn = (): ApiError => validationError('Invalid ARN:  Could not be parsed!')

export const policyNameTaken = (name: string): ApiError =>
  alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`)

export const tooManyVersions = (): ApiError =>
  limitExceeded(
    'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
  )

export const defaultVersionStays = (): ApiError => deleteConflict('Cannot delete the default version of a policy.')

export const policyAttached = (): ApiError => deleteConflict('Cannot delete a policy attached to entities.')

export const policyHasVersions = (): ApiError =>
  deleteConflict(
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
      'The default version is deleted with the policy.',
  )

/** UNVERIFIED: the text. AWS's own policies are of an account that no caller is of, so that an authorised caller meets this alone. */
export const awsManagedStays = (arn: string): ApiError =>
  invalidInput(`Policy ${arn} is managed by AWS and cannot be changed.`)

// OIDC providers.

export const invalidProviderUrl = (): ApiError => validationError('Invalid Open ID Connect Provider URL')

export const providerTaken = (url: string): ApiError =>
  alreadyExists(`Provider with url https://${url} already exists.`)

export const providerNotFound = (arn: string): ApiError =>
  noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)

export const tooManyThumbprints = (): ApiError => invalidInput('Thumbprint list must contain fewer than 5 entries.')

/** UNVERIFIED: the text. */
export const noThumbprint = (): ApiError =>
  invalidInput('A thumbprint must be the 40 hexadecimal digits of a SHA-1 hash.')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const issuerUnreachable = (url: string): ApiError =>
  new ApiError('OpenIdIdpCommunicationError', 400, `Unable to retrieve the thumbprint of https://${url}.`)

// Simulation.

export const notAnEntityArn = (arn: string): ApiError =>
  invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)

/** UNVERIFIED: the text. */
export const badActionName = (): ApiError =>
  invalidInput('Each action name must be a service prefix, a colon and the name of an action.')

/** UNVERIFIED: the text. */
export const callerWanted = (): ApiError =>
  invalidInput('A caller ARN is required when a resource policy is simulated for what is not a user.')

/** UNVERIFIED: the text. */
export const severalBoundaries = (): ApiError => invalidInput('Only one permissions boundary can be simulated.')

/** UNVERIFIED: that a simulated document's fault is told under this code. */
export const malformedInput = (text: string): ApiError => invalidInput(text)

// Tags, pages.

export const duplicateTagKeys = (): ApiError =>
  invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')

export const tooManyTags = (): ApiError => limitExceeded('The number of tags has reached the maximum limit.')

/** UNVERIFIED: the text. */
export const reservedTagKey = (): ApiError =>
  invalidInput('Tag keys must not begin with aws:, which is reserved for AWS.')

/** UNVERIFIED: the text. */
export const invalidMarker = (): ApiError => validationError('Invalid Marker.')
