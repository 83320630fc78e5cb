import type { ApiCall, ApiResult, Operation, Principal } from '../../../operation.ts'
import { checkTerms, mergeTerms, type TermsInput } from '../association-terms.ts'
import type { EksParts } from '../clusters.ts'
import { describeAssociation } from '../describe-association.ts'
import { associationNotFound, nothingToUpdateInAssociation } from '../errors.ts'
import { getAssociation, mayOnAssociation, type NamedAssociation } from '../find-association.ts'
import type { AssociationTerms } from '../model.ts'
import { mayPassRoleToPods } from '../requirements.ts'
import { writing } from '../trail.ts'

export interface UpdatePodIdentityAssociationInput extends NamedAssociation, TermsInput {
  readonly clientRequestToken?: string
}

/** Gives the pods other terms; a service account keeps its association. */
export function updatePodIdentityAssociation(parts: EksParts): Operation<UpdatePodIdentityAssociationInput> {
  return {
    ...writing,
    requires: async ({ clusterName: name, roleArn }, principal, call) => [
      await mayOnAssociation(parts, 'UpdatePodIdentityAssociation', { call, principal }),
      ...(roleArn === undefined ? [] : [mayPassRoleToPods(roleArn, { name, principal, call })]),
    ],
    perform: (call, principal) => update(parts, call, principal),
  }
}

async function update(
  parts: EksParts,
  call: ApiCall<UpdatePodIdentityAssociationInput>,
  principal: Principal,
): Promise<ApiResult> {
  const { cluster, association } = await getAssociation(parts, { call, principal })
  const { roleArn, disableSessionTags, targetRoleArn, policy } = call.input
  // SPEC: "You must change at least one of these in an update." The same request again finds what it asks for, and gets it.
  if ([roleArn, disableSessionTags, targetRoleArn, policy].every((member) => member === undefined))
    throw nothingToUpdateInAssociation()
  const change = (before: AssociationTerms): AssociationTerms => {
    const terms = mergeTerms(before, call.input)
    checkTerms(parts, cluster, terms)
    return terms
  }
  const updated = await parts.associations.update(association.arn, change, parts.clock.now())
  if (updated === undefined) throw associationNotFound(call.input.associationId)
  const tags = await parts.repository.tagsOf(association.arn)
  return { output: { association: describeAssociation(updated, tags) } }
}
