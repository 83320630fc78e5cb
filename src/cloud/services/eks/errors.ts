import { ApiError } from '../../../core/index.ts'

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
