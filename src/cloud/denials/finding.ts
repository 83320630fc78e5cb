import type { DimensionMatch } from '../../standards/policy/index.ts'
import type { Refusal } from '../operation.ts'
import type { CauseName } from './causes.ts'
import type { Rung } from './model.ts'

export type Denial = Extract<Refusal, { kind: 'denial' }>

/** What is found out about the cause of one refusal. */
export interface Finding {
  readonly name: CauseName
  /** Where the cause's usual rung is not the one. */
  readonly rung?: Rung
  readonly wanted?: readonly string[]
  readonly got?: readonly string[]
  readonly differsAt?: number
  readonly nearest?: readonly string[]
  /** More exact than the cause's own. */
  readonly fix?: string
  readonly summary?: string
}

/** The failing dimension of a statement: what it asks for, and what came. */
export function missed({ wanted, got, differsAt }: DimensionMatch): Pick<Finding, 'wanted' | 'got' | 'differsAt'> {
  return { wanted, ...(got === undefined ? {} : { got }), ...(differsAt === undefined ? {} : { differsAt }) }
}
