/** The nouns of the IAM policy language. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */

/** What a document is used as; it decides which elements are required and which are forbidden. */
export type PolicyKind =
  | 'identity'
  | 'resource'
  | 'trust'
  | 'session'
  | 'boundary'
  | 'service-control'
  | 'resource-control'
  | 'endpoint'

export type PolicyVersion = '2008-10-17' | '2012-10-17'
export type Effect = 'Allow' | 'Deny'

declare const parsed: unique symbol

/** A parsed document; only `parsePolicyDocument` makes one. `text` is what was written, byte for byte. */
export interface PolicyDocument {
  readonly [parsed]: true
  readonly kind: PolicyKind
  readonly version: PolicyVersion
  readonly id?: string
  readonly statements: readonly Statement[]
  readonly text: string
}

export interface Statement {
  /** Place in the document, from 0. */
  readonly index: number
  readonly sid?: string
  readonly effect: Effect
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] }
  readonly resources?: { readonly not: boolean; readonly patterns: readonly string[] }
  readonly principals?: { readonly not: boolean; readonly entries: readonly PrincipalEntry[] }
  readonly conditions: readonly Condition[]
}

export interface PrincipalEntry {
  readonly type: 'AWS' | 'Federated' | 'Service' | 'CanonicalUser'
  readonly value: string
}

/** One operator over one key: `{"StringEquals": {"aws:username": ["a", "b"]}}`. */
export interface Condition {
  /** As written, such as `ForAllValues:StringLikeIfExists`. */
  readonly operator: string
  /** As written; compared without regard to case. */
  readonly key: string
  readonly values: readonly string[]
}

/** A document and where it comes from; `arn` is set for managed policies, so that a denial can name it. */
export interface NamedPolicy {
  readonly name: string
  readonly arn?: string
  readonly document: PolicyDocument
}

/** All policies that apply to one request. Absent means: no policy of that type limits this request. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy | undefined
  /** The session's inline policy and its PolicyArns; a session without any has none of both: absent. */
  readonly session?: readonly NamedPolicy[] | undefined
  readonly resource?: NamedPolicy | undefined
  /** One list a level, from the root down. */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[] | undefined
  readonly resourceControl?: readonly (readonly NamedPolicy[])[] | undefined
  readonly endpoint?: NamedPolicy | undefined
}

/** How the requester may be named by `Principal` elements. */
export type PolicyPrincipal =
  | { readonly kind: 'user'; readonly account: string; readonly arn: string; readonly uniqueId: string }
  | { readonly kind: 'root'; readonly account: string; readonly arn: string }
  | {
      readonly kind: 'role-session'
      readonly account: string
      readonly arn: string
      readonly roleArn: string
      readonly roleUniqueId: string
    }
  | { readonly kind: 'web-identity'; readonly account: string; readonly providerArn: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'anonymous' }

/** Context keys of a request. `get` takes the key in lower case; a multi-valued key answers an array, even of one. */
export interface ContextKeys {
  get(lowerCaseKey: string): string | readonly string[] | undefined
}

export interface AuthorizationRequest {
  readonly principal: PolicyPrincipal
  /** `s3:GetObject` */
  readonly action: string
  /** An ARN, or `*` for actions without resource types. */
  readonly resource: string
  /** The account that owns the resource. */
  readonly resourceAccount: string
  /** `trust` and `key` (KMS): an identity policy counts only where the resource policy lets the account in. */
  readonly resourcePolicyKind?: 'ordinary' | 'trust' | 'key' | undefined
  readonly keys: ContextKeys
  readonly policies: PolicySet
}

export type PolicyType =
  | 'identity'
  | 'resource'
  | 'trust'
  | 'boundary'
  | 'session'
  | 'service-control'
  | 'resource-control'
  | 'endpoint'

/** The outcome and its reason. A deny is a value. */
export interface Decision {
  readonly outcome: 'allow' | 'implicit-deny' | 'explicit-deny'
  /** The type of policy that decided: what allowed, what denied, or what failed to allow. */
  readonly decidedBy: PolicyType
  /** The policy that denied explicitly, or allowed. */
  readonly policy?: NamedPolicy
  /** The statements that decided; empty for an implicit deny. */
  readonly because: readonly { readonly policy: NamedPolicy; readonly statement: Statement }[]
}

export type Dimension = 'action' | 'resource' | 'principal' | 'condition'

/** Why one dimension of a statement did or did not match. */
export interface DimensionMatch {
  readonly dimension: Dimension
  readonly matches: boolean
  /** For conditions: operator and key as written. */
  readonly operator?: string
  readonly key?: string
  /** What the statement asks for, as written or with variables replaced. */
  readonly wanted: readonly string[]
  /** What the request brought; undefined when it has no such key. */
  readonly got: readonly string[] | undefined
  /** Offset of the first character in which the nearest `wanted` differs from `got`. */
  readonly differsAt?: number
}

export interface StatementExplanation {
  readonly policy: NamedPolicy
  readonly policyType: PolicyType
  readonly statement: Statement
  readonly matches: boolean
  readonly dimensions: readonly DimensionMatch[]
}

/** One rung of the ladder, always in the same order. */
export interface RungState {
  readonly policyType: PolicyType
  /** `absent`: no such policy applies. */
  readonly state: 'allows' | 'denies' | 'does-not-allow' | 'absent'
}

/** What the explaining pass finds; it is run only on demand, over the same syntax tree. */
export interface Explanation {
  readonly decision: Decision
  readonly rungs: readonly RungState[]
  /** Statements of the deciding type: the denying ones, or Allow statements that came nearest (at most 2, nearest first). */
  readonly nearest: readonly StatementExplanation[]
}
