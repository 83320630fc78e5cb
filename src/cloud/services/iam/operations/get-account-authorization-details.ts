import type { Identity, LastUseReader, ManagedPolicy, PolicyHolder, UseCounts } from '../../../identity/index.ts'
import type { Operation } from '../../../operation.ts'
import {
  renderGroup,
  renderInstanceProfile,
  renderLastUse,
  renderListedPolicy,
  renderRoleDetail,
  renderUser,
  renderVersion,
} from '../answers.ts'
import { renderDocument } from '../documents.ts'
import type { IamParts, PageInput, Scope } from '../model.ts'
import { pageOf, sortedBy } from '../paging.ts'
import { may, reading } from '../row.ts'
import { useCounter } from './policies.ts'

type Filter = 'User' | 'Group' | 'Role' | 'LocalManagedPolicy' | 'AWSManagedPolicy'

export interface GetAccountAuthorizationDetailsInput extends PageInput {
  readonly Filter?: readonly Filter[]
}

type Members = Readonly<Record<string, unknown>>

interface Detail {
  readonly list: 'UserDetailList' | 'GroupDetailList' | 'RoleDetailList' | 'Policies'
  /** Ordered by list, then by name. */
  readonly marker: string
  render(): Members
}

/** The whole of an account in one answer, or in pages. */
export function getAccountAuthorizationDetails(parts: IamParts): Operation<GetAccountAuthorizationDetailsInput> {
  const { identity, uses } = parts
  return reading<GetAccountAuthorizationDetailsInput>(parts, {
    requires: (_input, scope) => [may(scope, 'GetAccountAuthorizationDetails', { arn: '*' })],
    perform: ({ Filter: wanted = [], ...input }, { account }) => {
      const filters = wanted.length === 0 ? (Object.keys(DETAILS) as readonly Filter[]) : wanted
      const details = filters.flatMap((filter) => DETAILS[filter](identity, account, uses))
      const { items, more } = pageOf(sortedBy(details, markerOf), markerOf, input)
      const listOf = (list: Detail['list']) => items.filter((item) => item.list === list).map((item) => item.render())
      return {
        UserDetailList: listOf('UserDetailList'),
        GroupDetailList: listOf('GroupDetailList'),
        RoleDetailList: listOf('RoleDetailList'),
        Policies: listOf('Policies'),
        ...more,
      }
    },
  })
}

const markerOf = ({ marker }: Detail): string => marker

type Finder = (identity: Identity, account: Scope['account'], uses: LastUseReader) => readonly Detail[]

const DETAILS = {
  User: (identity, account) =>
    identity.usersOf(account).map((user) => ({
      list: 'UserDetailList',
      marker: `1/${user.name}`,
      render: () => ({
        ...renderUser(user),
        UserPolicyList: inlineOf(identity, user),
        GroupList: identity.groupsOfUser(user).map(({ name }) => name),
        AttachedManagedPolicies: attachedOf(identity, user),
      }),
    })),
  Group: (identity, account) =>
    identity.groupsOf(account).map((group) => ({
      list: 'GroupDetailList',
      marker: `2/${group.name}`,
      render: () => ({
        ...renderGroup(group),
        GroupPolicyList: inlineOf(identity, group),
        AttachedManagedPolicies: attachedOf(identity, group),
      }),
    })),
  Role: (identity, account, uses) =>
    identity.rolesOf(account).map((role) => ({
      list: 'RoleDetailList',
      marker: `3/${role.name}`,
      render: () => ({
        ...renderRoleDetail(role),
        InstanceProfileList: identity
          .instanceProfilesOf(account)
          .filter(({ roleId }) => roleId === role.uniqueId)
          .map((profile) => renderInstanceProfile(profile, role)),
        RolePolicyList: inlineOf(identity, role),
        AttachedManagedPolicies: attachedOf(identity, role),
        RoleLastUsed: renderLastUse(uses.find(role.uniqueId)),
      }),
    })),
  LocalManagedPolicy: (identity, account) => {
    const usesOf = useCounter(identity, account)
    return identity.policiesOf(account).map((policy) => policyDetail(policy, usesOf(policy)))
  },
  // SPEC: of AWS's own policies those that the account uses.
  AWSManagedPolicy: (identity, account) => {
    const usesOf = useCounter(identity, account)
    return identity
      .awsManagedPolicies()
      .map((policy) => ({ policy, uses: usesOf(policy) }))
      .filter(({ uses: { attached, boundaries } }) => attached + boundaries > 0)
      .map(({ policy, uses }) => policyDetail(policy, uses))
  },
} as const satisfies Record<Filter, Finder>

function policyDetail(policy: ManagedPolicy, uses: UseCounts): Detail {
  return {
    list: 'Policies',
    marker: `4/${policy.name}/${policy.account}`,
    render: () => ({
      ...renderListedPolicy(policy, uses),
      ...(policy.description === undefined ? {} : { Description: policy.description }),
      PolicyVersionList: policy.versions.map((version) => renderVersion(policy, version)),
    }),
  }
}

function inlineOf(identity: Identity, holder: PolicyHolder): readonly Members[] {
  return identity
    .inlinePoliciesOf(holder)
    .map(({ name, document }) => ({ PolicyName: name, PolicyDocument: renderDocument(document) }))
}

function attachedOf(identity: Identity, holder: PolicyHolder): readonly Members[] {
  return identity.attachedPoliciesOf(holder).map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn }))
}
