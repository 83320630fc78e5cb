import type { ManagedPolicy, PolicyVersion } from '../../../identity/index.ts'
import { renderListedVersion, renderVersion } from '../answers.ts'
import { readManagedPolicy } from '../documents.ts'
import { defaultVersionStays, policyVersionNotFound, tooManyVersions } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Operations, PageInput } from '../model.ts'
import { pageOf } from '../paging.ts'
import { reading, writing } from '../row.ts'
import { forPolicy, getOwnPolicy, getPolicy, type PolicyArnInput } from './policies.ts'

interface CreateVersionInput extends PolicyArnInput {
  readonly PolicyDocument: string
  readonly SetAsDefault?: boolean
}
interface VersionInput extends PolicyArnInput {
  readonly VersionId: string
}

/** Versions of managed policies: at most five, one of them in force. */
export function policyVersions(parts: IamParts): Operations {
  const { identity } = parts
  return {
    CreatePolicyVersion: writing<CreateVersionInput>(parts, {
      requires: forPolicy(identity, 'CreatePolicyVersion'),
      perform: async ({ PolicyArn, PolicyDocument, SetAsDefault: becomesDefault = false }, { account }) => {
        const document = readManagedPolicy(PolicyDocument)
        const policy = await identity.change((changes) => {
          const current = getOwnPolicy(changes, account, PolicyArn)
          if (current.versions.length >= LIMITS.policyVersions) throw tooManyVersions()
          return changes.addPolicyVersion(current, { document, becomesDefault })
        })
        const added = policy.versions.at(-1)
        return added === undefined ? {} : { PolicyVersion: renderListedVersion(policy, added) }
      },
    }),
    GetPolicyVersion: reading<VersionInput>(parts, {
      requires: forPolicy(identity, 'GetPolicyVersion'),
      perform: ({ PolicyArn, VersionId }, { account }) => {
        const policy = getPolicy(identity, account, PolicyArn)
        return { PolicyVersion: renderVersion(policy, getVersion(policy, VersionId)) }
      },
    }),
    ListPolicyVersions: reading<PolicyArnInput & PageInput>(parts, {
      requires: forPolicy(identity, 'ListPolicyVersions'),
      perform: ({ PolicyArn, ...input }, { account }) => {
        const policy = getPolicy(identity, account, PolicyArn)
        // Newest first; the marker is the place, since numbers do not sort as text.
        const placed = policy.versions.toReversed().map((version, place) => ({ version, place: String(place) }))
        const { items, more } = pageOf(placed, ({ place }) => place, input)
        return { Versions: items.map(({ version }) => renderListedVersion(policy, version)), ...more }
      },
    }),
    DeletePolicyVersion: writing<VersionInput>(parts, {
      requires: forPolicy(identity, 'DeletePolicyVersion'),
      perform: async ({ PolicyArn, VersionId }, { account }) => {
        await identity.change((changes) => {
          const policy = getOwnPolicy(changes, account, PolicyArn)
          if (getVersion(policy, VersionId).id === policy.defaultVersion.id) throw defaultVersionStays()
          changes.deletePolicyVersion(policy, VersionId)
        })
        return {}
      },
    }),
    SetDefaultPolicyVersion: writing<VersionInput>(parts, {
      requires: forPolicy(identity, 'SetDefaultPolicyVersion'),
      perform: async ({ PolicyArn, VersionId }, { account }) => {
        await identity.change((changes) => {
          const policy = getOwnPolicy(changes, account, PolicyArn)
          changes.setDefaultPolicyVersion(policy, getVersion(policy, VersionId).id)
        })
        return {}
      },
    }),
  }
}

/** @throws ApiError NoSuchEntity */
function getVersion(policy: ManagedPolicy, versionId: string): PolicyVersion {
  const found = policy.versions.find(({ id }) => id === versionId)
  if (found === undefined) throw policyVersionNotFound(policy.arn, versionId)
  return found
}
