import type { PolicyKind } from '../../policy/index.ts'

/** What differs from the plain document of the kind: members of its only statement, or a whole document. */
export type Variant = Readonly<Record<string, unknown>> | { readonly document: unknown }

export interface Case {
  readonly kind: PolicyKind
  readonly bad: Variant
  readonly good: Variant
  /** Part of the sentence. */
  readonly says?: string
}

export const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/AB12'
export const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`
export const ROLE = 'arn:aws:iam::111122223333:role/app'
export const OF_IDENTITY = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example/*' }
const OF_RESOURCE = { ...OF_IDENTITY, Principal: { AWS: ROLE } }
const OF_TRUST = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:orders', [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
  },
}
const PLAIN = {
  identity: OF_IDENTITY,
  boundary: OF_IDENTITY,
  session: OF_IDENTITY,
  'service-control': OF_IDENTITY,
  resource: OF_RESOURCE,
  endpoint: OF_RESOURCE,
  'resource-control': { ...OF_RESOURCE, Effect: 'Deny', Principal: '*' },
  trust: OF_TRUST,
} as const satisfies Record<PolicyKind, Readonly<Record<string, unknown>>>

/** A member that is undefined is left out. */
export function documentOf(kind: PolicyKind, variant: Variant): string {
  if ('document' in variant) return JSON.stringify(variant.document)
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ ...PLAIN[kind], ...variant }] })
}

export const document = (...statements: readonly unknown[]) => ({
  document: { Version: '2012-10-17', Statement: statements },
})
export const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } })
export const on = (...Resource: readonly string[]) => ({ Resource })
export const identity = (bad: Variant, good: Variant, says?: string): Case => of('identity', { bad, good, says })
export const resource = (bad: Variant, good: Variant, says?: string): Case => of('resource', { bad, good, says })
export const trust = (bad: Variant, good: Variant, says?: string): Case => of('trust', { bad, good, says })

interface Given {
  readonly bad: Variant
  readonly good: Variant
  readonly says?: string | undefined
}

export function of(kind: PolicyKind, { bad, good, says }: Given): Case {
  return { kind, bad, good, ...(says === undefined ? {} : { says }) }
}
