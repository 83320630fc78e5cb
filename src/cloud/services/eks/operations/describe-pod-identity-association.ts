import type { Operation } from '../../../operation.ts'
import type { EksParts } from '../clusters.ts'
import { describeAssociation } from '../describe-association.ts'
import { getAssociation, mayOnAssociation, type NamedAssociation } from '../find-association.ts'
import { reading } from '../trail.ts'

export function describePodIdentityAssociation(parts: EksParts): Operation<NamedAssociation> {
  return {
    ...reading,
    requires: async (_input, principal, call) => [
      await mayOnAssociation(parts, 'DescribePodIdentityAssociation', { call, principal }),
    ],
    perform: async (call, principal) => {
      const { association } = await getAssociation(parts, { call, principal })
      const tags = await parts.repository.tagsOf(association.arn)
      return { output: { association: describeAssociation(association, tags) } }
    },
  }
}
