import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Service } from '../../operation.ts'
import { refuseQuery } from '../../refusal/index.ts'
import { ROLE, USER } from './holders.ts'
import type { HolderKind, IamOptions, IamParts, Operations } from './model.ts'
import { attachments } from './operations/attachments.ts'
import { roleBoundaries, userBoundaries } from './operations/boundaries.ts'
import { createOpenIDConnectProvider } from './operations/create-open-id-connect-provider.ts'
import { createPolicy } from './operations/create-policy.ts'
import { createRole } from './operations/create-role.ts'
import { inlinePolicies } from './operations/inline-policies.ts'
import { listEntitiesForPolicy } from './operations/list-entities-for-policy.ts'
import { listPolicies } from './operations/list-policies.ts'
import { openIDConnectProviders } from './operations/open-id-connect-providers.ts'
import { policies } from './operations/policies.ts'
import { policyVersions } from './operations/policy-versions.ts'
import { roles } from './operations/roles.ts'

/** SPEC: the longest parameter is a policy document of 131,072 characters, each up to three bytes when form-encoded. */
const LONGEST_BODY = 1024 * 1024

/** IAM over the identities of this installation. */
export function createIam(options: IamOptions): Service {
  return {
    name: 'iam',
    eventSource: 'iam.amazonaws.com',
    model: serviceModel('iam'),
    operations: {
      ...providerOperations(options),
      ...policyOperations(options),
      ...roleOperations(options),
      ...userOperations(options),
    },
    refuse: refuseQuery,
    maxBodyBytes: LONGEST_BODY,
  }
}

function providerOperations(parts: IamParts): Operations {
  return {
    CreateOpenIDConnectProvider: createOpenIDConnectProvider(parts),
    ...openIDConnectProviders(parts),
  }
}

function policyOperations(parts: IamParts): Operations {
  return {
    CreatePolicy: createPolicy(parts),
    ListPolicies: listPolicies(parts),
    ListEntitiesForPolicy: listEntitiesForPolicy(parts),
    ...policies(parts),
    ...policyVersions(parts),
  }
}

function roleOperations(parts: IamParts): Operations {
  return {
    CreateRole: createRole(parts),
    ...roles(parts),
    ...holderOperations(parts, ROLE),
    ...roleBoundaries(parts),
  }
}

function userOperations(parts: IamParts): Operations {
  return {
    ...holderOperations(parts, USER),
    ...userBoundaries(parts),
  }
}

/** The permissions policies of roles, users and groups, inline and attached. */
function holderOperations(parts: IamParts, kind: HolderKind): Operations {
  return { ...inlinePolicies(parts, kind), ...attachments(parts, kind) }
}
