import { compareDecimals, parseDecimal } from './decimal.ts'
import type { Comparison } from './model.ts'
import { ordered } from './ordered.ts'

const numeric = ordered({ parse: parseDecimal, compare: compareDecimals })

export const numericEquals: Comparison = numeric((order) => order === 0)
export const numericLessThan: Comparison = numeric((order) => order < 0)
export const numericLessThanEquals: Comparison = numeric((order) => order <= 0)
export const numericGreaterThan: Comparison = numeric((order) => order > 0)
export const numericGreaterThanEquals: Comparison = numeric((order) => order >= 0)
