import type { PolicyKind } from './model.ts'

type Need = 'required' | 'forbidden'

/** What a kind of document must and must not have. */
export interface KindRules {
  readonly principal: Need
  readonly resource: Need
  /** How the texts of actions and resources are judged: by IAM at once, or later by the service that keeps the policy. */
  readonly authority: 'iam' | 'trust' | 'service'
  /** `by-wildcard`: only where the pattern has a wildcard, the parts missing at its end count as `*`. */
  readonly shortArn: 'open-ended' | 'by-wildcard'
}

const OF_IDENTITIES: KindRules = {
  principal: 'forbidden',
  resource: 'required',
  authority: 'iam',
  shortArn: 'open-ended',
}
const OF_RESOURCES: KindRules = {
  principal: 'required',
  resource: 'required',
  authority: 'service',
  shortArn: 'by-wildcard',
}

/** SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and the pages of each element. */
export const KINDS = {
  identity: OF_IDENTITIES,
  boundary: OF_IDENTITIES,
  session: OF_IDENTITIES,
  'service-control': OF_IDENTITIES,
  resource: OF_RESOURCES,
  endpoint: OF_RESOURCES,
  'resource-control': { ...OF_RESOURCES, authority: 'iam' },
  trust: { ...OF_RESOURCES, resource: 'forbidden', authority: 'trust' },
} as const satisfies Record<PolicyKind, KindRules>
