import type { Operation } from '../../../operation.ts'
import type { EksParts } from '../clusters.ts'
import { describeAssociation } from '../describe-association.ts'
import { getAssociation, mayOnAssociation, type NamedAssociation } from '../find-association.ts'
import { writing } from '../trail.ts'

/** Takes the role from the pods: they get no credentials any more. Those that they have last as long as they do. */
export function deletePodIdentityAssociation(parts: EksParts): Operation<NamedAssociation> {
  return {
    ...writing,
    requires: async (_input, principal, call) => [
      await mayOnAssociation(parts, 'DeletePodIdentityAssociation', { call, principal }),
    ],
    perform: async (call, principal) => {
      const { association } = await getAssociation(parts, { call, principal })
      const tags = await parts.repository.tagsOf(association.arn)
      await parts.associations.remove(association.arn)
      return { output: { association: describeAssociation(association, tags) } }
    },
  }
}
