/**
 * One hierarchy, three readers: the program (`code`, `reason`), the operator (`detail`, `hint`), the far end (`ApiError`).
 * Messages: lower case, no full stop, the user's values in backticks, expected and found, never a secret.
 */
export abstract class OpenirsaError extends Error {
  abstract readonly code: string
  /** For the operator's eyes; never sent to a caller. */
  readonly detail?: string
  /** The way out. */
  readonly hint?: string

  constructor(message: string, more: ErrorDetails = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = new.target.name
    if (more.detail !== undefined) this.detail = more.detail
    if (more.hint !== undefined) this.hint = more.hint
  }
}

export interface ErrorDetails {
  readonly detail?: string
  readonly hint?: string
  readonly cause?: unknown
}

/** What the user typed or configured cannot be used. Ends a command with exit code 2; never on a wire. */
export class ConfigError extends OpenirsaError {
  readonly code = 'CONFIG'
}

/** Why a web identity token was refused; closed, so that every wire table must know every reason. */
export type TokenReason =
  | 'malformed'
  | 'missing-claim'
  | 'unsupported-algorithm'
  | 'unknown-issuer'
  | 'audience-mismatch'
  | 'expired'
  | 'not-yet-valid'
  | 'unknown-key'
  | 'bad-signature'
  | 'issuer-unreachable'
  | 'thumbprint-mismatch'
  | 'untrusted-claim'
  /** The signature holds, but the cluster does not accept the token any more: the object that it is bound to is gone. */
  | 'bound-object-gone'
  /** The signature holds, but the cluster had to confirm the token and could not be asked. */
  | 'unconfirmed'

/** What is known about a refused token beyond the reason. `UNVERIFIED:` all of it comes from the token itself. */
export interface TokenFacts {
  readonly issuer?: string
  readonly subject?: string
  readonly audiences?: readonly string[]
  /** Name of the claim that is missing or unusable. */
  readonly claim?: string
  readonly keyId?: string
  /** Epoch seconds. */
  readonly expiresAt?: number
  /** Epoch seconds at which the token was judged. */
  readonly judgedAt?: number
  /** What would have been accepted: the provider's client ids, the known key ids, … */
  readonly accepted?: readonly string[]
}

/** A web identity token that is refused; which words the caller gets is decided at the edge, by `reason`. */
export class TokenError extends OpenirsaError {
  readonly code = 'TOKEN'
  readonly reason: TokenReason
  readonly facts: TokenFacts

  constructor(reason: TokenReason, message: string, facts: TokenFacts = {}, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
    this.facts = facts
  }
}

/** Why a signature, or the credentials behind it, were refused. */
export type SignatureReason =
  | 'missing'
  | 'incomplete'
  | 'malformed'
  | 'unsupported'
  | 'scope-mismatch'
  | 'skewed-clock'
  | 'request-expired'
  | 'unsigned-header'
  | 'payload-mismatch'
  | 'mismatch'
  | 'unknown-key'
  | 'inactive-key'
  | 'session-expired'
  | 'session-unopenable'
  | 'session-revoked'

/** Facts for the wire and for explaining; keys and expected signatures are never among them. */
export interface SignatureFacts {
  readonly accessKeyId?: string
  /** The date that the request carries, `YYYYMMDDTHHMMSSZ`. */
  readonly requestDate?: string
  /** The time at which it was judged, same form. */
  readonly judgedAt?: string
  readonly canonicalRequest?: string
  readonly stringToSign?: string
  readonly signatureProvided?: string
  /** For `scope-mismatch`: which part, what came, what was wanted. */
  readonly part?: 'date' | 'region' | 'service' | 'terminator'
  readonly found?: string
  readonly wanted?: string
  /** For `unsigned-header`: their names. */
  readonly headers?: readonly string[]
  /** Seconds of validity that a presigned request asked for. */
  readonly expiresSeconds?: number
}

/** A signature, or the credentials behind it, that are refused; which words the caller gets is decided at the edge, by `reason`. */
export class SignatureError extends OpenirsaError {
  readonly code = 'SIGNATURE'
  readonly reason: SignatureReason
  readonly facts: SignatureFacts

  constructor(reason: SignatureReason, message: string, facts: SignatureFacts = {}, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
    this.facts = facts
  }
}

/** A policy document that cannot be read. A deny is never one of these: it is a `Decision`. */
export class PolicyError extends OpenirsaError {
  readonly code = 'POLICY'
  /** JSON pointer (RFC 6901) into the document; the empty string is the whole of it. */
  readonly where: string
  /** Closed word for the kind of fault, chosen by `standards/policy`. */
  readonly reason: string

  constructor(reason: string, where: string, message: string, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
    this.where = where
  }
}

/** What is kept is not there, is there already, or cannot be had. */
export class StoreError extends OpenirsaError {
  readonly code = 'STORE'
  readonly reason: 'not-found' | 'conflict' | 'unavailable' | 'corrupt'

  constructor(reason: StoreError['reason'], message: string, more: ErrorDetails = {}) {
    super(message, more)
    this.reason = reason
  }
}

/** Real AWS, a kube-apiserver or an issuer answered badly. */
export class UpstreamError extends OpenirsaError {
  readonly code = 'UPSTREAM'
}

/** An answer in AWS's words: the only error whose message may leave the house. */
export class ApiError extends OpenirsaError {
  /** AWS's error code, such as `AccessDenied`. */
  readonly code: string
  readonly httpStatus: number
  readonly fault: 'Sender' | 'Receiver'
  /** Further members of the error body that the service's model knows, such as `Region` or `clusterName`. */
  readonly members: Readonly<Record<string, string>>

  constructor(
    code: string,
    httpStatus: number,
    message: string,
    members: Readonly<Record<string, string>> = {},
    more: ErrorDetails = {},
  ) {
    super(message, more)
    this.code = code
    this.httpStatus = httpStatus
    this.fault = httpStatus >= 500 ? 'Receiver' : 'Sender'
    this.members = members
  }
}
