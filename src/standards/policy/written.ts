import type { Condition, PrincipalEntry } from './model.ts'

/** A statement whose form is right; whether it has what its kind needs is not yet checked. */
export interface WrittenStatement {
  readonly index: number
  /** JSON pointer of the statement. */
  readonly where: string
  readonly sid?: string
  /** `Allow` or `Deny` in any case: IAM tells a wrong case apart. */
  readonly effect: string
  readonly actions?: WrittenPatterns
  readonly resources?: WrittenPatterns
  readonly principals?: { readonly not: boolean; readonly entries: readonly PrincipalEntry[]; readonly isStar: boolean }
  readonly conditions: readonly Condition[]
}

export interface WrittenPatterns {
  readonly not: boolean
  readonly patterns: readonly string[]
}
