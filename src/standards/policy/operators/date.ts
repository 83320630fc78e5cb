import type { Comparison } from './model.ts'
import { compareMoments, parseMoment } from './moment.ts'
import { ordered } from './ordered.ts'

const date = ordered({ parse: parseMoment, compare: compareMoments })

export const dateEquals: Comparison = date((order) => order === 0)
export const dateLessThan: Comparison = date((order) => order < 0)
export const dateLessThanEquals: Comparison = date((order) => order <= 0)
export const dateGreaterThan: Comparison = date((order) => order > 0)
export const dateGreaterThanEquals: Comparison = date((order) => order >= 0)
