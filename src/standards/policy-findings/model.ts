import type { JsonObject, JsonValue } from '../../core/index.ts'
import type { ElementPath } from '../json-text/index.ts'
import type { PolicyKind } from '../policy/index.ts'

/** How grave a finding is, gravest first. @see https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicyFinding.html */
export type FindingType = 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION'

/** Where in the text something stands; line and column are counted from 1. */
export interface FindingLocation {
  /** JSON pointer (RFC 6901); the empty string is the whole document. */
  readonly path: string
  readonly line: number
  readonly column: number
}

/** One thing to say about a policy. */
export interface Finding {
  /** AWS's, such as `PASS_ROLE_WITH_STAR_IN_RESOURCE`. */
  readonly issueCode: string
  readonly findingType: FindingType
  /** AWS's sentence, with the values of this policy. */
  readonly message: string
  /** What AWS does not say: for a text that is not JSON, what is missing. */
  readonly detail?: string
  readonly locations: readonly FindingLocation[]
  /** Page of AWS about this check. */
  readonly learnMore: string
}

/** What IAM's public data says of all services. Prefixes are in lower case; what is not known has empty lists. */
export interface ActionCatalogue {
  readonly services: readonly string[]
  /** Names without the prefix. */
  actionsOf(service: string): readonly string[]
  /** ARN templates such as `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`, by the service in the ARN. */
  resourceTemplatesOf(arnService: string): readonly string[]
  conditionKeysOf(service: string): readonly KnownKey[]
  /** Condition keys of one action beyond the global ones; undefined where they are not known. */
  conditionKeysOfAction(action: string): readonly string[] | undefined
}

/** A condition key; `${TagKey}` or `<key>` in its name stands for a part that is free. */
export interface KnownKey {
  readonly name: string
  /** `String`, `ARN`, `Bool`, `Numeric`, `Date` or `IPAddress`. */
  readonly type: string
  readonly isMultivalued: boolean
}

/** What a check found: one place, or several that belong together; `values` fill its sentence. */
export interface Hit {
  readonly at: ElementPath
  readonly alsoAt?: readonly ElementPath[]
  readonly values?: Readonly<Record<string, string | number>>
}

export interface Check {
  readonly type: FindingType
  /** AWS's sentence; `{{name}}` and `${name}` stand for values. */
  readonly message: string
  /** The kinds of policy that it looks into; default: all. */
  readonly kinds?: ReadonlySet<PolicyKind>
  find(draft: Draft, catalogue: ActionCatalogue): Iterable<Hit>
}

export type CheckTable = Readonly<Record<string, Check>>

/** A document as it was written, right or wrong: whatever is not of the expected form is left out, and found by the checks of form. */
export interface Draft {
  readonly kind: PolicyKind
  readonly text: string
  readonly root: JsonObject
  readonly statements: readonly DraftStatement[]
}

export interface DraftStatement {
  readonly path: ElementPath
  readonly json: JsonObject
  readonly effect: JsonValue | undefined
  readonly actions?: Listing
  readonly resources?: Listing
  readonly principals?: DraftPrincipals
  readonly conditions: readonly DraftCondition[]
}

/** `Action`, `NotAction`, `Resource` or `NotResource`. */
export interface Listing {
  readonly element: string
  readonly not: boolean
  readonly path: ElementPath
  readonly items: readonly Item[]
  /** An empty list was written. */
  readonly isEmpty: boolean
}

export interface Item {
  readonly text: string
  readonly path: ElementPath
}

export interface DraftPrincipals {
  readonly not: boolean
  readonly path: ElementPath
  /** `"Principal": "*"` */
  readonly isStar: boolean
  readonly entries: readonly (Item & { readonly type: string })[]
}

export interface DraftCondition {
  /** As written. */
  readonly operator: string
  /** Undefined for what is no operator. */
  readonly form?: OperatorForm
  readonly key: string
  readonly path: ElementPath
  readonly isList: boolean
  readonly values: readonly (Item & { readonly json: JsonValue })[]
}

export type OperatorFamily = 'String' | 'Numeric' | 'Date' | 'Bool' | 'Binary' | 'IpAddress' | 'Arn' | 'Null'

/** `ForAllValues:StringLikeIfExists`, taken apart. */
export interface OperatorForm {
  /** Such as `StringLike`. */
  readonly name: string
  readonly family: OperatorFamily
  readonly qualifier?: 'ForAllValues' | 'ForAnyValue'
  readonly ifExists: boolean
}
