import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccountId, Clock, HttpHead, Instant, Randomness, Region, Seconds } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { ConnectionFacts, HeadFault, RefusalAnswer } from '../../io/http/index.ts'
import type { Trail } from '../../io/trail/index.ts'
import type { QueryForm, RecognisedOperation } from '../../standards/protocol/index.ts'
import type { PresentedCredentials } from '../../standards/sigv4/index.ts'
import type { Denials } from '../denials/index.ts'
import type { IdentityReader, OidcProvider, UseNotes } from '../identity/index.ts'
import type { ApiCall, Judged, Operation, Origin, Principal, Service, WebIdentityKeys } from '../operation.ts'
import type { Organization } from '../organization/index.ts'
import type { Sessions } from '../session/index.ts'

export interface GatewayOptions {
  /** The first one that answers unsigned calls gets what nothing else claims. */
  readonly services: readonly Service[]
  readonly identity: IdentityReader
  readonly sessions: Sessions
  readonly keys: WebIdentityKeys
  readonly denials: Denials
  readonly trail: Trail
  /** Told of every call that somebody proved to be theirs. */
  readonly uses: UseNotes
  /** Whose policies hold above those of the accounts. */
  readonly organization?: Organization | undefined
  /** Of calls that name no account and no region. */
  readonly account: AccountId
  readonly region: Region
  /** Granted beyond `exp` and before `nbf` and `iat` of web identity tokens. */
  readonly tokenLeewaySeconds: Seconds
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
}

export interface Gateway {
  /** Answers one request; whatever goes wrong becomes an answer in AWS's words. */
  handle(request: IncomingMessage, response: ServerResponse, facts: ConnectionFacts): Promise<void>
  /** Words the answer to a head that HTTP's own rules refuse. */
  refuseHead(head: HttpHead, fault: HeadFault): RefusalAnswer
}

/** A request as it arrived, before anybody asked what it means. */
export interface Arrival {
  readonly requestId: string
  readonly time: Instant
  readonly head: HttpHead
  readonly origin: Origin
  readonly request: IncomingMessage
  readonly facts: ConnectionFacts
}

/** What `recognise` found out. */
export interface Recognised {
  readonly service: Service
  readonly operation: RecognisedOperation
  readonly row: Operation
  /** Undefined for a call that is not signed, or whose signature has no part in it. */
  readonly presented: PresentedCredentials | undefined
  readonly form: QueryForm | undefined
  /** Undefined for a streaming operation: its body is read by `perform` alone. */
  readonly body: Uint8Array | undefined
}

/**
 * How far a call has come. Each step adds what it proved, so that a call that ends early is recorded and explained
 * with exactly what was known by then.
 */
export interface Journey {
  readonly arrival: Arrival
  /** Whose words an error is said in; a guess until `recognised` is there. */
  service: Service
  recognised?: Recognised
  call?: ApiCall
  principal?: Principal
  /** Set for web identity: the role that is asked for, and the provider that the token named. */
  roleArn?: string
  provider?: OidcProvider
  judged: readonly Judged[]
}
