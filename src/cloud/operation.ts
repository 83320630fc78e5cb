/**
 * What an operation is: how it is authenticated, what it requires, what it does. The seam between gateway and services.
 * Types only; a row of a service's table without `authenticate` and `requires` does not compile.
 */
import type { Readable } from 'node:stream'
import type {
  AccountId,
  ApiError,
  Instant,
  Partition,
  RawHeaders,
  Region,
  Secret,
  SignatureError,
  TokenError,
} from '../core/index.ts'
import type { IssuerUrl, VerificationKey, WebIdentityToken } from '../standards/oidc/index.ts'
import type { Decision, Explanation, NamedPolicy } from '../standards/policy/index.ts'
import type { ServiceModel } from '../standards/protocol/index.ts'
import type { OidcProvider, Role } from './identity/index.ts'
import type { AssumedRoleSession } from './session/index.ts'

/** Who makes the request, resolved. */
export type Principal =
  | {
      readonly kind: 'assumed-role'
      readonly account: AccountId
      readonly partition: Partition /** sts ARN of the session */
      readonly arn: string /** `AROA…:session` */
      readonly userId: string
      readonly accessKeyId: string
      readonly session: AssumedRoleSession
      readonly role: Role
    }
  | {
      readonly kind: 'iam-user'
      readonly account: AccountId
      readonly partition: Partition
      readonly arn: string
      readonly userId: string
      readonly userName: string
      readonly accessKeyId: string
    }
  | {
      readonly kind: 'web-identity'
      readonly account: AccountId
      readonly partition: Partition
      readonly provider: OidcProvider
      readonly token: WebIdentityToken /** How the issuer's keys were reached. */
      readonly connection: KeyConnection
    }
  | { readonly kind: 'anonymous' }

/** An AWS service that acts in its own name, such as `pods.eks.amazonaws.com`. It is in no account and has no policies. */
export interface ServicePrincipal {
  readonly kind: 'service'
  readonly name: string
}

/** Whom policies judge: the caller, or who acts further on in the call. */
export type Asker = Principal | ServicePrincipal

/** `hosted`: our own cluster half, looked up in process. */
export type KeyConnection = 'IAMTrustStore' | 'Thumbprint' | 'hosted'

/** Where the keys of issuers come from: our own cluster half, or the issuer's server. */
export interface WebIdentityKeys {
  /** @throws TokenError `unknown-key`, `issuer-unreachable` or `thumbprint-mismatch` */
  find(request: {
    readonly issuer: IssuerUrl
    /** The provider's. */
    readonly thumbprints: readonly string[]
    /** `kid` of the token, or the empty string. */
    readonly keyId: string
  }): Promise<{
    readonly key: VerificationKey
    readonly connection: KeyConnection
    /** Where the issuer wants to be asked of every token: called when the signature holds. @throws TokenError */
    readonly confirm?: (token: WebIdentityToken, jwt: Secret) => Promise<void>
  }>
}

export interface Origin {
  readonly sourceIp: string
  readonly userAgent: string
  readonly host: string
  readonly isTls: boolean
  readonly tlsVersion?: string | undefined
  readonly tlsCipher?: string | undefined
}

/** One call, recognised and decoded. */
export interface ApiCall<Input = Record<string, unknown>> {
  readonly service: string
  readonly operation: string
  readonly region: Region
  readonly requestId: string
  readonly time: Instant
  readonly origin: Origin
  /** `header`, `query` (presigned), or undefined for an unsigned call. */
  readonly signedBy?: 'header' | 'query' | undefined
  /** Raw header lines: for what the model does not bind (conditional headers, checksums). */
  readonly headers: RawHeaders
  readonly input: Input
  /** The body of a streaming operation, its hash or checksums verified as it is read: it errors at its end when they do not hold. */
  readonly body?: Readable
  readonly bodyLength?: number
}

/** A permission that a call needs. Context keys here are those that only the service knows (`s3:prefix`, `sts:RoleSessionName`). */
export interface Requirement {
  readonly action: string
  /** ARN, or `*` for an action without resource types. */
  readonly resource: string
  readonly resourceAccount: AccountId
  readonly resourcePolicy?: NamedPolicy | undefined
  readonly resourcePolicyKind?: 'ordinary' | 'trust' | 'key'
  readonly contextKeys?: Readonly<Record<string, string | readonly string[]>>
  /**
   * Who asks for it, where it is not the caller: the service that the caller set to work, or the session that this service took.
   * The caller's policies have no say in it then.
   */
  readonly by?: Asker
  /** `report`: asked, but not fatal; `perform` gets the decision (DeleteObjects per key, NoSuchKey hidden). */
  readonly onDeny: 'refuse' | 'report'
}

/** For the rare call that needs no permission, such as GetCallerIdentity. */
export const nothingAtAll = async (): Promise<readonly Requirement[]> => []

export interface Judged {
  readonly requirement: Requirement
  readonly decision: Decision
}

/** How the caller proves who it is. */
export type Authentication =
  | {
      readonly by: 'sigv4' /** An unsigned call becomes `anonymous` instead of being refused; only S3 has that. */
      readonly orAnonymous?: true
    }
  | {
      readonly by: 'web-identity' /** Where token and role stand in the input. */
      readonly token: (input: never) => { readonly jwt: string; readonly roleArn: string }
    }

// biome-ignore lint/suspicious/noExplicitAny: a table holds operations of many inputs; each row is typed where it is written
export interface Operation<Input = any> {
  readonly authenticate: Authentication
  /** Computed from input, principal and read-only look-ups of the service. */
  requires(input: Input, principal: Principal, call: ApiCall<Input>): Promise<readonly Requirement[]>
  /** What it takes beyond that; worked out once all of `requires` is allowed, for what nobody else may learn of. */
  requiresFurther?(input: Input, principal: Principal, call: ApiCall<Input>): Promise<readonly Requirement[]>
  /** Does it. @throws ApiError in AWS's words */
  perform(call: ApiCall<Input>, principal: Principal, judged: readonly Judged[]): Promise<ApiResult>
  /** How the call stands in the trail. */
  readonly trail: TrailShape<Input>
  /** IAM's data knows no action for it: nobody can be allowed, and everybody is refused. */
  readonly unmapped?: true
}

export interface ApiResult {
  /** Members named as in AWS's API; streams for a streaming output member. */
  readonly output: Record<string, unknown>
  /** Facts for the trail that the answer does not carry. */
  readonly additionalEventData?: Readonly<Record<string, unknown>>
  /** Calls of other services that this one took, in their order. */
  readonly further?: readonly FurtherEvent[]
}

/** A call that a service made of another one on the way, as CloudTrail tells of it in an event of its own. It only reads. */
export interface FurtherEvent {
  readonly by: Asker
  /** The service that made it. */
  readonly through: string
  /** In whose trail it stands. */
  readonly account: AccountId
  readonly eventSource: string
  readonly eventName: string
  /** INVARIANT: neither tokens nor secrets are in it. */
  readonly requestParameters: Readonly<Record<string, unknown>>
  readonly responseElements: Readonly<Record<string, unknown>> | null
  readonly resources: readonly { readonly type: string; readonly arn: string; readonly account: AccountId }[]
  readonly foundBy?: readonly { readonly type: string; readonly name: string }[]
}

export interface TrailShape<Input> {
  readonly category: 'Management' | 'Data'
  readonly readOnly: boolean
  /** What stands in `requestParameters`; never a token or secret. Default: the input with lower-camel names. */
  requestParameters?(input: Input): Record<string, unknown> | null
  /** What `additionalEventData` says of every call, whatever comes of it. */
  callDetails?(call: Pick<ApiCall, 'region' | 'origin'>): Readonly<Record<string, unknown>>
  /** What stands in `responseElements`; default null, as AWS does for read-only calls. */
  responseElements?(output: Record<string, unknown>): Record<string, unknown> | null
  resources?(
    input: Input,
    account: AccountId,
    partition: Partition,
  ): readonly { readonly type: string; readonly arn: string; readonly account: AccountId }[]
  /** What the event is found by besides, where AWS tells of a resource by its name and writes nothing of it into the record. */
  foundBy?(input: Input): readonly { readonly type: string; readonly name: string }[]
}

/** Why a call was refused by `authenticate` or `authorize`. */
export type Refusal =
  | {
      readonly kind: 'token'
      readonly error: TokenError
      /** Missing for a token of EKS Pod Identity, which is for no role that its bearer could name. */
      readonly roleArn?: string
      readonly provider?: OidcProvider
    }
  | { readonly kind: 'signature'; readonly error: SignatureError }
  | {
      readonly kind: 'denial'
      readonly judged: Judged
      readonly principal: Principal
      readonly explanation: Explanation
      /** What policies could have asked of the call. */
      readonly context?: readonly ContextValue[]
    }

/** A context key, spelled as AWS does, and what the call has under it. */
export interface ContextValue {
  readonly key: string
  readonly values: readonly string[]
}

/** One AWS service. */
export interface Service {
  readonly name: string
  /** `sts.amazonaws.com` */
  readonly eventSource: string
  readonly model: ServiceModel
  readonly operations: Readonly<Record<string, Operation>>
  /** The refusal in this service's words; exhaustive tables, see `cloud/refusal`. */
  refuse(
    refusal: Refusal,
    call: { readonly operation: string; readonly region: Region; readonly signedBy?: 'header' | 'query' | undefined },
  ): ApiError
  /** Longest request body that is buffered, in bytes; a longer one is answered 413. */
  readonly maxBodyBytes: number
}
