import type { ManagedPolicy, UseCounts } from '../../../identity/index.ts'
import type { Operation } from '../../../operation.ts'
import { renderListedPolicy } from '../answers.ts'
import type { IamParts, PageInput, Scope } from '../model.ts'
import { pageOf, sortedBy } from '../paging.ts'
import { policyMarker } from '../policy-arns.ts'
import { listArn, may, reading } from '../row.ts'
import { useCounter } from './policies.ts'

export interface ListPoliciesInput extends PageInput {
  readonly Scope?: 'All' | 'AWS' | 'Local'
  readonly OnlyAttached?: boolean
  readonly PathPrefix?: string
  readonly PolicyUsageFilter?: 'PermissionsPolicy' | 'PermissionsBoundary'
}

export function listPolicies(parts: IamParts): Operation<ListPoliciesInput> {
  const { identity } = parts
  return reading(parts, {
    requires: ({ PathPrefix = '/' }, scope) => [
      may(scope, 'ListPolicies', { arn: listArn(scope, 'policy', PathPrefix) }),
    ],
    perform: (input, { account }) => {
      const found = sortedBy(
        candidates(parts, input, account).filter(({ path }) => path.startsWith(input.PathPrefix ?? '/')),
        policyMarker,
      )
      const usesOf = useCounter(identity, account)
      const counted = found.map((policy) => ({ policy, uses: usesOf(policy) }))
      const wanted = counted.filter(({ uses }) => isWanted(input, uses))
      const { items, more } = pageOf(wanted, ({ policy }) => policyMarker(policy), input)
      return { Policies: items.map(({ policy, uses }) => renderListedPolicy(policy, uses)), ...more }
    },
  })
}

function candidates(
  { identity }: IamParts,
  input: ListPoliciesInput,
  account: Scope['account'],
): readonly ManagedPolicy[] {
  const { Scope: scope = 'All' } = input
  return [
    ...(scope === 'Local' ? [] : identity.awsManagedPolicies()),
    ...(scope === 'AWS' ? [] : identity.policiesOf(account)),
  ]
}

function isWanted(
  { OnlyAttached = false, PolicyUsageFilter: usage }: ListPoliciesInput,
  { attached, boundaries }: UseCounts,
): boolean {
  if (usage === 'PermissionsPolicy') return attached > 0 || !OnlyAttached
  if (usage === 'PermissionsBoundary') return boundaries > 0
  return attached > 0 || !OnlyAttached
}
