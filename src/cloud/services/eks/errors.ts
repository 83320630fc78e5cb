import { ApiError } from '../../../core/index.ts'

/** @see https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
export const clusterNotFound = (name: string): ApiError =>
  new ApiError('ResourceNotFoundException', 404, `No cluster found for name: ${name}.`, { clusterName: name })

/** UNVERIFIED: the text; code and status are of the API's model. */
export const resourceNotFound = (arn: string): ApiError =>
  new ApiError('NotFoundException', 404, `The specified resource could not be found: ${arn}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const notAnEksArn = (arn: string): ApiError =>
  new ApiError('BadRequestException', 400, `Invalid resource ARN: ${arn}`)

/** UNVERIFIED: the text; code and status are of the API's model. */
export const badNextToken = (): ApiError => new ApiError('InvalidParameterException', 400, 'The nextToken is not valid')
