import type { CallIam } from '../../io/aws/index.ts'

/** What IAM is asked; nothing here changes anything. */
export type IamRead =
  | 'GetRole'
  | 'GetUser'
  | 'GetRolePolicy'
  | 'GetUserPolicy'
  | 'GetGroupPolicy'
  | 'GetPolicy'
  | 'GetPolicyVersion'
  | 'ListRolePolicies'
  | 'ListUserPolicies'
  | 'ListGroupPolicies'
  | 'ListAttachedRolePolicies'
  | 'ListAttachedUserPolicies'
  | 'ListAttachedGroupPolicies'
  | 'ListGroupsForUser'
  | 'ListRoles'
  | 'ListUsers'
  | 'GetOpenIDConnectProvider'
  | 'ListOpenIDConnectProviders'

/** IAM, asked only. */
export type AskIam = CallIam<IamRead>
