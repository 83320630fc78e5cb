import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHead } from '../../core/index.ts'
import type { Log } from '../host/index.ts'
import type { HeadFault } from './head-rules.ts'

/** What the connection adds to a request. */
export interface ConnectionFacts {
  /** The head as it came, found good. */
  readonly head: HttpHead
  readonly isTls: boolean
  /** `TLSv1.3`, and OpenSSL's name of the cipher suite. */
  readonly tls?: { readonly version: string; readonly cipher: string }
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** Lets such a client go on; does nothing for others, nor a second time. */
  sendContinue(): void
}

/** An answer to a request that is refused before anybody asks what it means. */
export interface RefusalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ListenOptions {
  /** 0 picks a free one. */
  readonly port: number
  /** IP addresses; on those that are not loopback, HTTPS alone is answered. */
  readonly addresses: readonly string[]
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string }
  /** Answers a request; one that throws is answered 500 without a word of why. */
  readonly onRequest: (
    request: IncomingMessage,
    response: ServerResponse,
    facts: ConnectionFacts,
  ) => void | Promise<void>
  /** Words the answer to a head that is refused; plain text when absent. */
  readonly onRefused?: (head: HttpHead, fault: HeadFault) => RefusalAnswer
  readonly log: Log
  readonly limits?: Partial<ListenLimits>
}

/** Milliseconds and counts; the defaults are `LISTEN_LIMITS`. */
export interface ListenLimits {
  /** From the first byte of a request, or from the connection, to the end of its head. */
  readonly headMilliseconds: number
  /** To the end of the body. */
  readonly requestMilliseconds: number
  /** Without a byte in either direction, while it is the client's turn. */
  readonly idleMilliseconds: number
  readonly connections: number
}

export interface Listener {
  readonly port: number
  /** For connections from now on; those that are open go on. @throws when key and certificate are no pair: the old ones stay */
  replaceCertificate(tls: ListenOptions['tls']): void
  /** Takes no new requests, lets those at hand finish for so many seconds (10 unless told), then ends every connection. */
  close(graceSeconds?: number): Promise<void>
}
