import type { PolicyError } from '../../core/index.ts'
import { PolicyDocumentError, type PolicyReason } from './errors.ts'

/** AWS's sentence; `{}` stands for what was found. */
type Words = Readonly<Record<PolicyReason, string>>

const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'

/** `MalformedPolicyDocument` of IAM and STS for policies of identities, boundaries and sessions. */
const IDENTITY = {
  json: SYNTAX,
  'leading-space': 'JSON strings must not have leading spaces',
  syntax: SYNTAX,
  version: SYNTAX,
  'old-version': 'Policy document must be version 2012-10-17 or greater.',
  'missing-statement': SYNTAX,
  'empty-statement': SYNTAX,
  'duplicate-sid': 'Statement IDs (SID) in a single policy must be unique.',
  'missing-effect': SYNTAX,
  effect: SYNTAX,
  'effect-case': LEGACY,
  'missing-action': 'Policy statement must contain actions.',
  'action-without-vendor': 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  'action-colons': 'Actions/Condition can contain only one colon.',
  'action-vendor': 'Vendor {} is not valid',
  'action-not-sts': SYNTAX,
  'missing-resource': 'Policy statement must contain resources.',
  'resource-form': 'Resource {} must be in ARN format or "*".',
  'resource-partition': 'Partition {}.',
  'resource-vendor': 'Resource vendor must be fully qualified and cannot contain regexes.',
  'resource-legacy': LEGACY,
  'resource-region': 'Resource {} can not contain region information.',
  'resource-iam-region': 'IAM resource {} cannot contain region information.',
  'resource-iam-path': 'IAM resource path must either be "*" or start with {}.',
  'prohibited-resource': SYNTAX,
  'prohibited-not-resource': SYNTAX,
  'prohibited-principal': 'Policy document should not specify a principal.',
  'missing-principal': SYNTAX,
  'empty-principal': SYNTAX,
  principal: SYNTAX,
  'federated-principal': SYNTAX,
  everyone: SYNTAX,
  'allow-not-principal': SYNTAX,
  'not-principal': SYNTAX,
  'condition-date': LEGACY,
  'condition-number': LEGACY,
  'condition-ip': LEGACY,
  'condition-bool': LEGACY,
} as const satisfies Words

const TRUST_SYNTAX = 'Syntax error in policy.'

/** `MalformedPolicyDocument` of CreateRole and UpdateAssumeRolePolicy. */
const TRUST = {
  ...IDENTITY,
  json: 'This policy contains invalid Json',
  'leading-space': 'This policy contains invalid Json',
  syntax: TRUST_SYNTAX,
  version: 'The policy must contain a valid version string',
  'old-version': 'The policy must contain a valid version string',
  'missing-statement': 'Missing required field Statement',
  'empty-statement': 'Could not parse the policy: Statement is empty!',
  'duplicate-sid': 'The Statement Ids in the policy are not unique',
  'missing-effect': 'Missing required field Effect',
  effect: 'Invalid effect: {}',
  'effect-case': 'Invalid effect: {}',
  'missing-action': 'Missing required field Action',
  'action-not-sts': 'AssumeRole policy may only specify STS AssumeRole actions.',
  'prohibited-resource': 'Has prohibited field Resource',
  'prohibited-not-resource': 'AssumeRole policy must not contain resources.',
  'missing-principal': 'Missing required field Principal',
  'empty-principal': 'Missing required field Principal cannot be empty!',
  principal: 'Invalid principal in policy: {}',
  'federated-principal': 'Federated principals must be valid domain names or SAML metadata ARNs',
  everyone: 'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
  'allow-not-principal': 'Allow with NotPrincipal is not allowed.',
  'not-principal': 'AssumeRole policy must not contain NotPrincipal field.',
  'condition-date': TRUST_SYNTAX,
  'condition-number': TRUST_SYNTAX,
  'condition-ip': TRUST_SYNTAX,
  'condition-bool': TRUST_SYNTAX,
} as const satisfies Words

const NO_JSON = "Policies must be valid JSON and the first byte must be '{'"
const ACTION = 'Policy has invalid action'
const RESOURCE = 'Policy has invalid resource'
const PRINCIPAL = 'Invalid principal in policy'

/** `MalformedPolicy` of S3; the other services with resource policies say much the same. */
const RESOURCE_POLICY = {
  json: NO_JSON,
  'leading-space': NO_JSON,
  syntax: 'Invalid policy syntax.',
  version: 'The policy must contain a valid version string',
  'old-version': 'The policy must contain a valid version string',
  'missing-statement': 'Missing required field Statement',
  'empty-statement': 'Could not parse the policy: Statement is empty!',
  'duplicate-sid': 'The Statement Ids in the policy are not unique',
  'missing-effect': 'Missing required field Effect',
  effect: 'Invalid effect: {}',
  'effect-case': 'Invalid effect: {}',
  'missing-action': 'Missing required field Action',
  'action-without-vendor': ACTION,
  'action-colons': ACTION,
  'action-vendor': ACTION,
  'action-not-sts': ACTION,
  'missing-resource': 'Missing required field Resource',
  'resource-form': RESOURCE,
  'resource-partition': RESOURCE,
  'resource-vendor': RESOURCE,
  'resource-legacy': RESOURCE,
  'resource-region': RESOURCE,
  'resource-iam-region': RESOURCE,
  'resource-iam-path': RESOURCE,
  'prohibited-resource': RESOURCE,
  'prohibited-not-resource': RESOURCE,
  'prohibited-principal': PRINCIPAL,
  'missing-principal': 'Missing required field Principal',
  'empty-principal': 'Missing required field Principal cannot be empty!',
  principal: PRINCIPAL,
  'federated-principal': PRINCIPAL,
  everyone: PRINCIPAL,
  'allow-not-principal': 'Allow with NotPrincipal is not allowed.',
  'not-principal': PRINCIPAL,
  'condition-date': 'Invalid date in Conditions',
  'condition-number': 'Invalid number in Conditions',
  'condition-ip': 'Invalid IP address in Conditions',
  'condition-bool': 'Invalid boolean in Conditions',
} as const satisfies Words

/** AWS's sentence for a document that cannot be a policy of an identity, a boundary, a session or an organization. */
export function identityFaultWords(error: PolicyError): string {
  return say(IDENTITY, error)
}

/** AWS's sentence for a document that cannot be a trust policy. */
export function trustFaultWords(error: PolicyError): string {
  return say(TRUST, error)
}

/** S3's sentence for a document that cannot be a resource policy. */
export function resourceFaultWords(error: PolicyError): string {
  return say(RESOURCE_POLICY, error)
}

function say(words: Words, error: PolicyError): string {
  if (!(error instanceof PolicyDocumentError)) return words.syntax
  // A function, because `$&` in what was found is no instruction.
  return words[error.reason].replace('{}', () => error.found)
}
