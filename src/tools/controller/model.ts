import type { ServiceAccountRef } from '../../core/index.ts'

/** Managed policies of the role that the service account is to have, with commas between. Without it nothing is done. */
export const POLICIES_ANNOTATION = 'openirsa.dev/policies'
/** Instead: an existing role, by ARN, that the service account is to have as it is. */
export const ROLE_ANNOTATION = 'openirsa.dev/role'

/** What the service account's annotations ask for. */
export interface Order extends ServiceAccountRef {
  readonly uid: string
  readonly policyArns: readonly string[]
  readonly roleArn?: string
  /** The annotation that pods are given their role by, as it is now. */
  readonly bound?: string
}

export type Outcome =
  | { readonly kind: 'bound'; readonly roleArn: string; readonly changes: number }
  | { readonly kind: 'unbound'; readonly changes: number }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
