import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Service } from '../../operation.ts'
import { refuseQuery } from '../../refusal/index.ts'
import { inWords } from './denied-resource.ts'
import { GROUP, ROLE, USER } from './holders.ts'
import type { HolderKind, IamOptions, IamParts, Operations } from './model.ts'
import { accessKeys } from './operations/access-keys.ts'
import { account } from './operations/account.ts'
import { attachments } from './operations/attachments.ts'
import { roleBoundaries, userBoundaries } from './operations/boundaries.ts'
import { createOpenIDConnectProvider } from './operations/create-open-id-connect-provider.ts'
import { createPolicy } from './operations/create-policy.ts'
import { createRole } from './operations/create-role.ts'
import { createUser } from './operations/create-user.ts'
import { getAccountAuthorizationDetails } from './operations/get-account-authorization-details.ts'
import { groups } from './operations/groups.ts'
import { inlinePolicies } from './operations/inline-policies.ts'
import { instanceProfiles } from './operations/instance-profiles.ts'
import { listEntitiesForPolicy } from './operations/list-entities-for-policy.ts'
import { listPolicies } from './operations/list-policies.ts'
import { neverThere } from './operations/never-there.ts'
import { openIDConnectProviders } from './operations/open-id-connect-providers.ts'
import { policies } from './operations/policies.ts'
import { policyVersions } from './operations/policy-versions.ts'
import { roles } from './operations/roles.ts'
import { simulatePolicies } from './operations/simulate-policies.ts'
import { taggables } from './operations/taggables.ts'
import { tagOperations } from './operations/tags.ts'
import { users } from './operations/users.ts'

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
      ...groupOperations(options),
      ...instanceProfiles(options),
      ...everyTag(options),
      ...account(options),
      GetAccountAuthorizationDetails: getAccountAuthorizationDetails(options),
      ...simulatePolicies(options),
      ...neverThere(options),
    },
    refuse: (refusal, call) => refuseQuery(refusal.kind === 'denial' ? inWords(refusal) : refusal, call),
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
    CreateUser: createUser(parts),
    ...users(parts),
    ...accessKeys(parts),
    ...holderOperations(parts, USER),
    ...userBoundaries(parts),
  }
}

function groupOperations(parts: IamParts): Operations {
  return { ...groups(parts), ...holderOperations(parts, GROUP) }
}

function everyTag(parts: IamParts): Operations {
  return Object.assign({}, ...taggables(parts).map((bearer) => tagOperations(parts, bearer)))
}

/** The permissions policies of roles, users and groups, inline and attached. */
function holderOperations(parts: IamParts, kind: HolderKind): Operations {
  return { ...inlinePolicies(parts, kind), ...attachments(parts, kind) }
}
