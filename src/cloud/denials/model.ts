import type { Instant } from '../../core/index.ts'
import type { PolicyType, Statement } from '../../standards/policy/index.ts'
import type { ContextValue, Principal } from '../operation.ts'

/** Where a call is stopped, in the order in which it is judged; `signature` stands first for signed calls only. */
export type Rung =
  | 'signature'
  | 'token'
  | 'provider'
  | 'trust'
  | 'organization'
  | 'boundary'
  | 'session'
  | 'identity'
  | 'resource'
  | 'endpoint'

export interface LadderStep {
  readonly rung: Rung
  /** `absent`: has no part in this call. `not reached`: comes after the broken rung and was not needed. */
  readonly state: 'passed' | 'broken' | 'absent' | 'not reached'
  readonly note?: string
}

/** A statement as it stood in its policy when the call was refused. */
export interface StatementRecord extends Statement {
  /** ARN, or the name of an inline policy. */
  readonly policy: string
  readonly policyType: PolicyType
  /** False for an Allow that only came near. */
  readonly matches: boolean
}

/** Everything an operator wants to know of one refused call. Plain data: it is kept as JSON. */
export interface DenialRecord {
  /** Lower-case base32 of 80 random bits: whoever has it was given it. */
  readonly id: string
  /** ISO 8601 */
  readonly time: string
  readonly requestId: string
  readonly account?: string
  /** The account that owns the resource, as far as it was known. */
  readonly resourceAccount?: string
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly sourceIp: string
  /** What the caller was told. */
  readonly answer: { readonly status: number; readonly code: string; readonly message: string }
  /** `IRSA301` */
  readonly code: string
  /** `trust-sub` */
  readonly name: string
  readonly awsCode: string
  readonly action: string
  /** ARN; `*` when the call was refused before its resource was known. */
  readonly resource: string
  /** ARN of session or user; the subject of a token; `unknown` for a signature that proves nobody. */
  readonly principal: string
  readonly rung: Rung
  readonly ladder: readonly LadderStep[]
  /** What the deciding element asks for. */
  readonly wanted?: readonly string[]
  /** What the call brought; missing when it brought nothing of the kind. */
  readonly got?: readonly string[]
  /** Offset of the first character in which the nearest `wanted` differs from `got`. */
  readonly differsAt?: number
  /** The statements that denied, or came nearest to allowing; one line each, at most two. */
  readonly nearest: readonly string[]
  /** The same ones, word for word; absent when no policy was asked. */
  readonly statements?: readonly StatementRecord[]
  /** What policies could have asked of the call; absent when no policy was asked. */
  readonly context?: readonly ContextValue[]
  /** The smallest change that lets the call through. */
  readonly fix: string
  /** One plain sentence. */
  readonly summary: string
}

/** The refused call, as far as the gateway knew it by then. */
export interface DenialCall {
  readonly requestId: string
  readonly time: Instant
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly sourceIp: string
  readonly account?: string
  readonly principal?: Principal
}
