/** A check of AWS that is not made here, and why. */
export interface NotReported {
  readonly issueCode: string
  readonly message: string
  readonly because: string
}

const WITHDRAWN =
  'service control policies have had the whole policy language since September 2025, and AWS no longer lists this check'

/** Together with `CHECKS` and `JSON_SYNTAX_ERROR`, every sentence of AWS's reference. */
export const NOT_REPORTED: readonly NotReported[] = [
  {
    issueCode: 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    message:
      'The resource ARN is not supported for the resource-based policy attached to the resource type {{resourceType}}.',
    because: 'the document does not say to which resource it is attached',
  },
  {
    issueCode: 'JSON_SYNTAX_ERROR',
    message: 'Fix the JSON syntax error.',
    because: 'the place is always known here, and the other sentence names it',
  },
  {
    issueCode: 'SCP_SYNTAX_ERROR_ALLOW_CONDITION',
    message: 'SCPs do not support the Condition element with effect Allow. Update the element Condition or the effect.',
    because: WITHDRAWN,
  },
  {
    issueCode: 'SCP_SYNTAX_ERROR_ALLOW_NOTACTION',
    message: 'SCPs do not support NotAction with effect Allow. Update the element NotAction or the effect.',
    because: WITHDRAWN,
  },
  {
    issueCode: 'SCP_SYNTAX_ERROR_ALLOW_RESOURCE',
    message: 'SCPs do not support Resource with effect Allow. Update the element Resource or the effect.',
    because: WITHDRAWN,
  },
  {
    issueCode: 'SCP_SYNTAX_ERROR_NOTRESOURCE',
    message: 'SCPs do not support the NotResource element. Update the policy to use Resource instead.',
    because: WITHDRAWN,
  },
]
