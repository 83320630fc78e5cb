import { ConfigError } from '../../core/index.ts'
import { bucketOf } from './bucket-of.ts'
import type { FoundPolicy, FoundPrincipal, PolicySource } from './source.ts'
import type { PolicyTypeName } from './validate.ts'

/** A policy that a source keeps, and what it is used as there. */
export interface KeptPolicy extends FoundPolicy {
  readonly type: PolicyTypeName
}

/**
 * All policies that stand under an ARN: the managed policy itself; of a role its trust policy and its permissions, of a user its
 * permissions, inline and attached; of a bucket its policy.
 * @throws ConfigError when there is nothing of that ARN
 */
export async function findKeptPolicies(arn: string, source: PolicySource): Promise<readonly KeptPolicy[]> {
  if (bucketOf(arn) !== undefined) {
    const { policy, isRead } = await source.findResource(arn)
    if (!isRead) throw new ConfigError(`the policy of \`${arn}\` is not read from ${source.place}`)
    return policy === undefined ? missing(arn, source) : [{ ...policy, type: 'resource' }]
  }
  const principal = await source.findPrincipal(arn)
  if (principal !== undefined) return ofPrincipal(principal)
  const managed = await source.findPolicy(arn)
  return managed === undefined ? missing(arn, source) : [{ ...managed, type: 'identity' }]
}

function ofPrincipal({ trust, identity, boundary }: FoundPrincipal): readonly KeptPolicy[] {
  return [
    ...(trust === undefined ? [] : [{ ...trust, type: 'trust' } as const]),
    ...identity.map((policy) => ({ ...policy, type: 'identity' }) as const),
    ...(boundary === undefined ? [] : [{ ...boundary, type: 'boundary' } as const]),
  ]
}

function missing(arn: string, { place }: PolicySource): never {
  throw new ConfigError(`${place} has no policy under \`${arn.slice(0, 300)}\``, {
    hint: 'the ARN of a managed policy, a role, a user or a bucket that has one',
  })
}
