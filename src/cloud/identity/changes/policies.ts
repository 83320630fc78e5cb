import { type AccountId, type Instant, mintUniqueId } from '../../../core/index.ts'
import type { IdentityChanges, ManagedPolicy, NewPolicyVersion, PolicyVersion } from '../model.ts'
import { keyOfName } from '../nouns.ts'
import { arnIn, mustBeFree, mustExist, type Workshop } from './workshop.ts'

type PolicyChanges = Pick<
  IdentityChanges,
  'createPolicy' | 'addPolicyVersion' | 'setDefaultPolicyVersion' | 'deletePolicyVersion' | 'tagPolicy' | 'deletePolicy'
>

export function policyChanges(workshop: Workshop): PolicyChanges {
  const { drafts, lookup, clock } = workshop
  const update = (policy: ManagedPolicy, change: (current: ManagedPolicy) => Partial<ManagedPolicy>): ManagedPolicy => {
    const current = customerPolicy(workshop, policy)
    const updated = { ...current, ...change(current) }
    drafts.policies.put(updated)
    return updated
  }
  return {
    createPolicy: ({ account, name, path = '/', description, document, tags = new Map() }) => {
      const arn = arnIn(workshop, account, `policy${path}${name}`)
      mustBeFree(drafts.policies.get(keyOfName(account, name)), `policy \`${arn}\``)
      const createdAt = clock.now()
      const first: PolicyVersion = { id: 'v1', policy: { name, arn, document }, createdAt }
      const created: ManagedPolicy = {
        account,
        arn,
        uniqueId: mintUniqueId('ANPA', account, workshop.randomness),
        path,
        name,
        ...(description === undefined ? {} : { description }),
        versions: [first],
        defaultVersion: first,
        lastVersionNumber: 1,
        createdAt,
        updatedAt: createdAt,
        tags,
      }
      drafts.policies.put(created)
      return created
    },
    addPolicyVersion: (policy, version) => update(policy, (current) => withVersion(current, version, clock.now())),
    setDefaultPolicyVersion: (policy, versionId) =>
      update(policy, (current) => ({ defaultVersion: versionOf(current, versionId), updatedAt: clock.now() })),
    deletePolicyVersion: (policy, versionId) =>
      update(policy, (current) => {
        const gone = versionOf(current, versionId)
        mustBeFree(gone === current.defaultVersion ? gone : undefined, `default version \`${versionId}\``)
        return { versions: current.versions.filter((version) => version !== gone), updatedAt: clock.now() }
      }),
    tagPolicy: (policy, tags) => update(policy, () => ({ tags })),
    deletePolicy: (policy) => {
      const current = customerPolicy(workshop, policy)
      const { roles, users, groups, boundaryOfRoles, boundaryOfUsers } = lookup.usesOf(
        current.account as AccountId,
        policy.arn,
      )
      // INVARIANT: what is attached or a boundary exists: a boundary that went missing would be no boundary.
      mustBeFree([roles, users, groups, boundaryOfRoles, boundaryOfUsers].flat()[0], `use of policy \`${policy.arn}\``)
      drafts.policies.remove(current)
    },
  }
}

/** The policy as it is now; AWS's own do not change. @throws StoreError `not-found` */
function customerPolicy({ drafts }: Workshop, { account, name, arn }: ManagedPolicy): ManagedPolicy {
  return mustExist(drafts.policies.get(keyOfName(account, name)), `policy \`${arn}\``)
}

function versionOf(policy: ManagedPolicy, versionId: string): PolicyVersion {
  const found = policy.versions.find(({ id }) => id === versionId)
  return mustExist(found, `version \`${versionId}\` of \`${policy.arn}\``)
}

function withVersion(policy: ManagedPolicy, version: NewPolicyVersion, at: Instant): Partial<ManagedPolicy> {
  const number = policy.lastVersionNumber + 1
  const { name, arn } = policy
  const added: PolicyVersion = {
    id: `v${number}`,
    policy: { name, arn, document: version.document },
    createdAt: at,
  }
  return {
    versions: [...policy.versions, added],
    lastVersionNumber: number,
    updatedAt: at,
    ...(version.becomesDefault ? { defaultVersion: added } : {}),
  }
}
