import type { ContextKeys } from '../model.ts'
import type { PatternSyntax } from '../pattern.ts'

/** True when one value of the request fits any of the values of the policy. */
export type AnyTest = (found: string, keys: ContextKeys) => boolean

/** How values are compared; one object for each family and relation. */
export interface Comparison {
  /** What is read in the values of the policy, beyond their text. */
  readonly reads: 'text' | 'variables' | 'wildcards'
  /** Undefined values of variables, and operands that are none, fit nothing. */
  compile(values: readonly string[], variables: PatternSyntax['variables']): AnyTest
}

/** What a condition asks of the values of its key. */
export type Operator =
  | { readonly kind: 'comparison'; readonly comparison: Comparison; readonly isNegated: boolean }
  /** `Null`: whether there is a value at all. */
  | { readonly kind: 'presence' }

export type Quantifier = 'ForAllValues' | 'ForAnyValue'
