import { ACTIONS_CASES } from './actions-cases.ts'
import { CONDITIONS_CASES } from './conditions-cases.ts'
import type { Case } from './documents.ts'
import { FORM_CASES } from './form-cases.ts'
import { GRANTS_CASES } from './grants-cases.ts'
import { PRINCIPALS_CASES } from './principals-cases.ts'
import { VALUES_CASES } from './values-cases.ts'

/** For each check, by its code, a document that it finds and one that it does not. */
export const CASES: Readonly<Record<string, Case>> = {
  ...FORM_CASES,
  ...ACTIONS_CASES,
  ...PRINCIPALS_CASES,
  ...CONDITIONS_CASES,
  ...VALUES_CASES,
  ...GRANTS_CASES,
}
