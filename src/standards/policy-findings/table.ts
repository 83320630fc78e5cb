import { ACTION_CHECKS } from './checks/actions.ts'
import { ADDRESS_CHECKS } from './checks/addresses.ts'
import { ARN_CHECKS } from './checks/arns.ts'
import { DATA_TYPE_CHECKS } from './checks/data-types.ts'
import { EMPTY_CHECKS } from './checks/empties.ts'
import { FORM_CHECKS } from './checks/form.ts'
import { KEY_CHECKS } from './checks/keys.ts'
import { OPERATOR_CHECKS } from './checks/operators.ts'
import { PASS_ROLE_CHECKS } from './checks/pass-role.ts'
import { PRINCIPAL_CHECKS } from './checks/principals.ts'
import { REDUNDANCY_CHECKS } from './checks/redundancy.ts'
import { SERVICE_PRINCIPAL_CHECKS } from './checks/service-principals.ts'
import { SID_CHECKS } from './checks/sids.ts'
import { SIZE_CHECKS } from './checks/sizes.ts'
import { TAG_CHECKS } from './checks/tags.ts'
import { TRUST_CHECKS } from './checks/trust.ts'
import { VALUE_CHECKS } from './checks/values.ts'
import { VARIABLE_CHECKS } from './checks/variables.ts'
import { WEB_IDENTITY_CHECKS } from './checks/web-identity.ts'
import type { CheckTable } from './model.ts'

/** Every check of a document that is JSON, by AWS's code. */
export const CHECKS = {
  ...FORM_CHECKS,
  ...DATA_TYPE_CHECKS,
  ...SID_CHECKS,
  ...SIZE_CHECKS,
  ...EMPTY_CHECKS,
  ...ACTION_CHECKS,
  ...ARN_CHECKS,
  ...PRINCIPAL_CHECKS,
  ...SERVICE_PRINCIPAL_CHECKS,
  ...TRUST_CHECKS,
  ...WEB_IDENTITY_CHECKS,
  ...OPERATOR_CHECKS,
  ...KEY_CHECKS,
  ...VALUE_CHECKS,
  ...ADDRESS_CHECKS,
  ...VARIABLE_CHECKS,
  ...TAG_CHECKS,
  ...PASS_ROLE_CHECKS,
  ...REDUNDANCY_CHECKS,
} as const satisfies CheckTable

/** The check of a text that is no JSON. */
export const JSON_SYNTAX_ERROR = {
  type: 'ERROR',
  message: 'Fix the JSON syntax error at index {{index}} line {{line}} column {{column}}.',
} as const
