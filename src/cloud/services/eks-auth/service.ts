import { ApiError } from '../../../core/index.ts'
import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Operation, Refusal, Service } from '../../operation.ts'
import { type RefusedCall, refuseRestJson } from '../../refusal/index.ts'
import {
  assumeRoleForPodIdentity,
  type Exchanges,
  requiredOfCaller,
  requiredOfService,
} from './assume-role-for-pod-identity.ts'
import { roleNotAssumable } from './errors.ts'
import { HIDDEN } from './events.ts'
import type { AssumeRoleForPodIdentityInput, EksAuthOptions } from './model.ts'
import { tokenRefused } from './token-words.ts'

/** EKS Auth: a pod's token in, temporary credentials out. The node asks, by its own right; the trust policy says to whom the service may become. */
export function createEksAuth(options: EksAuthOptions): Service {
  const exchanges: Exchanges = new WeakMap()
  const operation: Operation<AssumeRoleForPodIdentityInput> = {
    authenticate: { by: 'sigv4' },
    requires: (_input, principal, call) => requiredOfCaller(options, call, principal),
    requiresFurther: (_input, principal, call) => requiredOfService(options, exchanges, { call, principal }),
    perform: (_call, _principal, judged) => assumeRoleForPodIdentity(options, exchanges, judged),
    trail: {
      category: 'Management',
      readOnly: true,
      // INVARIANT: members are named one by one: the token is not among them.
      requestParameters: ({ clusterName }) => ({ clusterName, token: HIDDEN }),
      foundBy: ({ clusterName }) => [{ type: 'AWS::EKS::Cluster', name: clusterName }],
    },
  }
  return {
    name: 'eks-auth',
    eventSource: 'eks-auth.amazonaws.com',
    model: serviceModel('eks-auth'),
    operations: { AssumeRoleForPodIdentity: operation },
    refuse,
    maxBodyBytes: 64 * 1024,
  }
}

function refuse(refusal: Refusal, call: RefusedCall): ApiError {
  if (refusal.kind === 'token') return tokenRefused(refusal.error)
  if (refusal.kind === 'signature') return refuseRestJson(refusal, call)
  // To the node it is all one why the role cannot be had; whoever may read the data directory learns more.
  if (refusal.judged.requirement.by !== undefined) return roleNotAssumable()
  const { code, message } = refuseRestJson(refusal, call)
  // SPEC: the API's model has 400 for it, unlike EKS.
  return new ApiError(code, 400, message)
}
