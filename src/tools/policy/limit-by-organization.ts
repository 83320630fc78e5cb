import { hasResourceControl } from '../../cloud/organization/index.ts'
import type { PolicyKind, PolicySet } from '../../standards/policy/index.ts'
import type { KeyValue } from './asker.ts'
import { type Inquiry, resourceAccountOf } from './inquiry.ts'
import type { FoundOrganization, FoundPolicy, PolicySource } from './source.ts'
import { readKept } from './stored-policy.ts'

interface Asked {
  readonly source: PolicySource
  readonly notes: string[]
}

/**
 * The request with what the organization says of it: service control policies of the asker's account, resource control
 * policies of the resource's, and where both stand. What was given of either stands for it. TWIN: cloud/gateway/organization-policies.ts
 */
export async function limitByOrganization(inquiry: Inquiry, { source, notes }: Asked): Promise<Inquiry> {
  const { asker, action, policies, context } = inquiry
  const isOfAccount = OF_ACCOUNT.has(asker.principal.kind) && 'account' in asker.principal
  const resourceAccount = resourceAccountOf(inquiry)
  if (!source.readsOrganizations) {
    if (isOfAccount && policies.serviceControl === undefined)
      notes.push(`policies of an organization are not read from ${source.place}: give them with --scp and --rcp`)
    return inquiry
  }
  const ofAsker = isOfAccount ? await source.findOrganization(accountOf(asker.principal)) : undefined
  const ofResource = resourceAccount === '' ? undefined : await source.findOrganization(resourceAccount)
  const read = (levels: Levels | undefined, kind: PolicyKind) =>
    levels?.map((level) => level.map((policy) => readKept(policy, kind, notes)))
  const serviceControl = policies.serviceControl ?? read(ofAsker?.serviceControl, 'service-control')
  const resourceControl =
    policies.resourceControl ??
    (hasResourceControl(action) ? read(ofResource?.resourceControl, 'resource-control') : undefined)
  const limits: Partial<PolicySet> = {
    ...(serviceControl === undefined ? {} : { serviceControl }),
    ...(resourceControl === undefined ? {} : { resourceControl }),
  }
  return {
    ...inquiry,
    context: { ...keysOf('Principal', ofAsker), ...keysOf('Resource', ofResource), ...context },
    policies: { ...policies, ...limits },
  }
}

type Levels = readonly (readonly FoundPolicy[])[]

/** SPEC: a token that is being exchanged belongs to no account; services and nobody have none. */
const OF_ACCOUNT: ReadonlySet<Inquiry['asker']['principal']['kind']> = new Set(['user', 'role-session', 'root'])

function accountOf(principal: Inquiry['asker']['principal']): string {
  return 'account' in principal ? principal.account : ''
}

function keysOf(
  side: 'Principal' | 'Resource',
  found: FoundOrganization | undefined,
): Readonly<Record<string, KeyValue>> {
  if (found === undefined) return {}
  return { [`aws:${side}OrgID`]: found.organizationId, [`aws:${side}OrgPaths`]: found.paths }
}
