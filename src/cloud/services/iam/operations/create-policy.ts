import type { Operation } from '../../../operation.ts'
import { renderPolicy } from '../answers.ts'
import { readManagedPolicy } from '../documents.ts'
import { policyNameTaken, quotaExceeded } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import type { IamParts, Tag } from '../model.ts'
import { arnOf, may, writing } from '../row.ts'
import { readTags, requestTagKeys } from '../tags.ts'

export interface CreatePolicyInput {
  readonly PolicyName: string
  readonly PolicyDocument: string
  readonly Path?: string
  readonly Description?: string
  readonly Tags?: readonly Tag[]
}

export function createPolicy(parts: IamParts): Operation<CreatePolicyInput> {
  return writing(parts, {
    requires: ({ PolicyName: name, Path: path, Tags = [] }, scope) => {
      const on = { arn: arnOf(scope, 'policy', { path, name }), keys: requestTagKeys(Tags) }
      return [may(scope, 'CreatePolicy', on), ...(Tags.length === 0 ? [] : [may(scope, 'TagPolicy', on)])]
    },
    perform: async ({ PolicyName: name, Path: path, Description: description, ...input }, { account }) => {
      const document = readManagedPolicy(input.PolicyDocument)
      const tags = readTags(input.Tags)
      const created = await parts.identity.change((changes) => {
        const there = changes.policiesOf(account)
        if (there.some((policy) => policy.name.toLowerCase() === name.toLowerCase())) throw policyNameTaken(name)
        if (there.length >= LIMITS.policies) throw quotaExceeded('PoliciesPerAccount', LIMITS.policies)
        return changes.createPolicy({
          account,
          name,
          document,
          tags,
          ...(path === undefined ? {} : { path }),
          ...(description === undefined ? {} : { description }),
        })
      })
      return { Policy: renderPolicy(created, { attached: 0, boundaries: 0 }) }
    },
  })
}
