import { ApiError, type PolicyError } from '../../../core/index.ts'
import { identityFaultWords } from '../../../standards/policy/index.ts'

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
export const clusterNotFound = (name: string): ApiError =>
  new ApiError('ResourceNotFoundException', 404, `No cluster found for name: ${name}.`, { clusterName: name })

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
export const clusterExists = (name: string): ApiError =>
  new ApiError('ResourceInUseException', 409, `Cluster already exists with name: ${name}`, { clusterName: name })

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeUpdate.html */
export const updateNotFound = (id: string): ApiError =>
  new ApiError('ResourceNotFoundException', 404, `No update found for ID: ${id}.`)

export const roleNotFound = (arn: string): ApiError =>
  new ApiError(
    'InvalidParameterException',
    400,
    `Role with arn: ${arn}, could not be assumed because it does not exist or the trusted entity is not correct`,
  )

/** UNVERIFIED: the text; code and status are of the API's model. */
export const notARoleArn = (arn: string): ApiError =>
  new ApiError('InvalidParameterException', 400, `The ARN ${arn} is not the ARN of a role`)

export const unsupportedVersion = (version: string): ApiError =>
  new ApiError('InvalidParameterException', 400, `unsupported Kubernetes version ${version}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const noSubnets = (): ApiError => new ApiError('InvalidParameterException', 400, 'subnetIds is empty')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const otherPartition = (region: string): ApiError =>
  new ApiError('InvalidParameterException', 400, `The region ${region} is not in the partition of the caller`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const deletionProtected = (name: string): ApiError =>
  new ApiError('InvalidRequestException', 400, `Cluster ${name} has deletion protection enabled`, { clusterName: name })

/** Ours: AWS has no cluster that is part of the installation itself. */
export const ownCluster = (name: string): ApiError =>
  new ApiError(
    'InvalidRequestException',
    400,
    `Cluster ${name} is the installation's own: it can be described and tagged, but neither changed nor deleted`,
    { clusterName: name },
  )

/** UNVERIFIED: the text; code and status are of the API's model. */
export const nothingToUpdate = (name: string): ApiError =>
  new ApiError('InvalidParameterException', 400, 'No changes needed for the cluster config provided', {
    clusterName: name,
  })

/** UNVERIFIED: the text; code and status are of the API's model. */
export const tooManyTags = (): ApiError =>
  new ApiError('BadRequestException', 400, 'The resource cannot have more than 50 tags')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const reservedTagKey = (): ApiError =>
  new ApiError('BadRequestException', 400, 'Tag keys must not begin with aws:')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const resourceNotFound = (arn: string): ApiError =>
  new ApiError('NotFoundException', 404, `The specified resource could not be found: ${arn}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const notAnEksArn = (arn: string): ApiError =>
  new ApiError('BadRequestException', 400, `Invalid resource ARN: ${arn}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const badNextToken = (): ApiError => new ApiError('InvalidParameterException', 400, 'The nextToken is not valid')

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html */
export const associationExists = (id: string): ApiError =>
  new ApiError('ResourceInUseException', 409, `Association already exists: ${id}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const associationNotFound = (id: string): ApiError =>
  new ApiError('ResourceNotFoundException', 404, `No association found with ID: ${id}.`)

export const podRoleNotFound = (): ApiError =>
  new ApiError('InvalidParameterException', 400, 'Role provided in the request does not exist.')

export const podRoleNotTrusting = (): ApiError =>
  new ApiError('InvalidParameterException', 400, 'Trust policy of the role provided is invalid')

/** UNVERIFIED: the text; code and status are of the API's model. SPEC: a role of another account is the target role's place. */
export const podRoleOfOtherAccount = (): ApiError =>
  new ApiError('InvalidParameterException', 400, 'The role must be in the same account as the cluster')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const notAKubernetesName = (member: string): ApiError =>
  new ApiError('InvalidParameterException', 400, `The ${member} is not a name that Kubernetes accepts`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const policyWithSessionTags = (): ApiError =>
  new ApiError('InvalidParameterException', 400, 'disableSessionTags must be true when a policy is given')

/** UNVERIFIED: the text; code and status are of the API's model. */
export const policyUnusable = (cause: PolicyError): ApiError =>
  new ApiError('InvalidParameterException', 400, identityFaultWords(cause), {}, { cause, detail: cause.message })

/** UNVERIFIED: the text; code and status are of the API's model. */
export const policyTooLong = (most: number): ApiError =>
  new ApiError('InvalidParameterException', 400, `The policy is longer than ${most} characters`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const nothingToUpdateInAssociation = (): ApiError =>
  new ApiError('InvalidParameterException', 400, 'No changes needed for the pod identity association provided')
