import { PolicyError } from '../../core/index.ts'

/** What is wrong with a document; closed, so that every table of words must know every reason. */
export type PolicyReason =
  | 'json'
  | 'leading-space'
  | 'syntax'
  | 'version'
  | 'old-version'
  | 'missing-statement'
  | 'empty-statement'
  | 'duplicate-sid'
  | 'missing-effect'
  | 'effect'
  | 'effect-case'
  | 'missing-action'
  | 'action-without-vendor'
  | 'action-colons'
  | 'action-vendor'
  | 'action-not-sts'
  | 'missing-resource'
  | 'resource-form'
  | 'resource-partition'
  | 'resource-vendor'
  | 'resource-legacy'
  | 'resource-region'
  | 'resource-iam-region'
  | 'resource-iam-path'
  | 'prohibited-resource'
  | 'prohibited-not-resource'
  | 'prohibited-principal'
  | 'missing-principal'
  | 'empty-principal'
  | 'principal'
  | 'federated-principal'
  | 'everyone'
  | 'allow-not-principal'
  | 'not-principal'
  | 'condition-date'
  | 'condition-number'
  | 'condition-ip'
  | 'condition-bool'

/** A `PolicyError` that this room made: its reason is one of the closed words, and `found` is what AWS's sentence repeats. */
export class PolicyDocumentError extends PolicyError {
  declare readonly reason: PolicyReason
  readonly found: string

  constructor(reason: PolicyReason, where: string, message: string, found = '') {
    super(reason, where, message)
    this.found = found
  }
}

interface Fault {
  readonly reason: PolicyReason
  /** JSON pointer of the element at fault. */
  readonly where: string
  readonly message: string
  readonly found?: string
}

export function policyFault({ reason, where, message, found }: Fault): PolicyDocumentError {
  return new PolicyDocumentError(reason, where, message, found)
}

/** The document has not the form of the grammar. */
export function syntaxFault(where: string, message: string): PolicyDocumentError {
  return policyFault({ reason: 'syntax', where, message })
}
