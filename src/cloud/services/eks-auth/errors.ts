import { ApiError } from '../../../core/index.ts'
import type { SessionTooLargeError } from '../../session/index.ts'

// Codes and statuses: https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html

/** UNVERIFIED: the text. */
export const clusterNotFound = (name: string): ApiError =>
  new ApiError('ResourceNotFoundException', 404, `No cluster found for name: ${name}.`)

/** UNVERIFIED: the text. */
export const associationNotFound = (namespace: string, serviceAccount: string): ApiError =>
  new ApiError(
    'ResourceNotFoundException',
    404,
    `No pod identity association found for service account: ${namespace}/${serviceAccount}.`,
  )

/** Also for a role that is gone, or is no longer the one that was judged. */
export const roleNotAssumable = (): ApiError =>
  new ApiError(
    'AccessDeniedException',
    400,
    'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
  )

/** UNVERIFIED: the code; EKS' documentation names `PackedPolicyTooLarge`, which this API's model does not have. */
export const packedTooLarge = ({ percent, of }: SessionTooLargeError): ApiError =>
  new ApiError(
    'InvalidRequestException',
    400,
    `PackedPolicyTooLarge: Packed size of ${of === 'tags' ? 'session tags' : 'the policy'} consumes ${percent}% of allotted space.`,
  )

export const notSigned = (): ApiError =>
  new ApiError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token')
