import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  setLogVerbosity,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { ConfigError } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { SigningRefused } from './errors.ts'
import {
  type Read,
  readFetchKeys,
  readMetadata,
  readSign,
  renderKeys,
  renderMetadata,
  renderSigned,
} from './messages.ts'
import type { Signer } from './signer.ts'
import { clearStaleSocket, openSocketTo, type SocketAccess } from './socket.ts'

export interface SignerServerOptions {
  /** Absolute path of the unix socket. */
  readonly path: string
  readonly access: SocketAccess
  readonly log: Log
}

export interface SignerServer {
  /** Takes no new calls, lets those at hand finish for a few seconds, removes the socket. */
  close(): Promise<void>
}

/** Of one request, with its frame: far above any token's claims. */
const LARGEST_REQUEST_BYTES = 64 * 1024
const MOST_STREAMS = 1000

/** Serves Kubernetes' ExternalJWTSigner, version 1, on a unix socket. @throws ConfigError when the socket cannot be had */
export async function serveSigner(signer: Signer, { path, access, log }: SignerServerOptions): Promise<SignerServer> {
  // The library would print by itself what is answered, or thrown, here.
  setLogVerbosity(logVerbosity.NONE)
  await clearStaleSocket(path)
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_REQUEST_BYTES,
    'grpc.max_send_message_length': 4 * 1024 * 1024,
    'grpc.max_concurrent_streams': MOST_STREAMS,
    // Its books on every call cost a good part of the call.
    'grpc.enable_channelz': 0,
  })
  server.addService(definition, implementation(signer, log))
  await bind(server, path)
  await openSocketTo(path, access)
  return { close: () => shutDown(server) }
}

/** Calls go in as bytes read by us, and come out as bytes: nothing in between guesses at messages. */
const call = <Request>(name: string, requestDeserialize: (bytes: Buffer) => Read<Request>) => ({
  path: `/v1.ExternalJWTSigner/${name}`,
  requestStream: false as const,
  responseStream: false as const,
  requestSerialize: (bytes: Buffer): Buffer => bytes,
  requestDeserialize,
  responseSerialize: (bytes: Buffer): Buffer => bytes,
  responseDeserialize: (bytes: Buffer): Buffer => bytes,
})

const definition: ServiceDefinition = {
  Sign: call('Sign', readSign),
  FetchKeys: call('FetchKeys', readFetchKeys),
  Metadata: call('Metadata', readMetadata),
}

function implementation(signer: Signer, log: Log): UntypedServiceImplementation {
  const answering =
    <Request>(answer: (request: Request) => Promise<Buffer>) =>
    ({ request: read }: ServerUnaryCall<Read<Request>, Buffer>, done: sendUnaryData<Buffer>): void => {
      if ('fault' in read) {
        done({ code: status.INVALID_ARGUMENT, details: read.fault })
        return
      }
      answer(read.request).then(
        (bytes) => done(null, bytes),
        (failure: unknown) => done(statusOf(failure, log)),
      )
    }
  return {
    Sign: answering(async ({ claims }: { readonly claims: string }) => renderSigned(await signer.sign(claims))),
    FetchKeys: answering(async () => renderKeys(await signer.fetchKeys())),
    Metadata: answering(async () => renderMetadata(signer.maxTokenSeconds())),
  }
}

const CODES = {
  malformed: status.INVALID_ARGUMENT,
  'not-ready': status.FAILED_PRECONDITION,
} as const satisfies Record<SigningRefused['reason'], status>

function statusOf(failure: unknown, log: Log): { readonly code: status; readonly details: string } {
  if (failure instanceof SigningRefused) {
    log.warn({ reason: failure.reason, why: failure.message }, 'nothing was signed')
    const details = failure.hint === undefined ? failure.message : `${failure.message}: ${failure.hint}`
    return { code: CODES[failure.reason], details }
  }
  log.error({ failure }, 'a call could not be answered')
  return { code: status.INTERNAL, details: 'the signer failed; its log says why' }
}

/** For the owner alone until it is given to others. */
const PRIVATE_UMASK = 0o177

async function bind(server: Server, path: string): Promise<void> {
  const umask = process.umask(PRIVATE_UMASK)
  try {
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (failure) =>
        failure === null ? resolve() : reject(failure),
      )
    })
  } catch (cause) {
    throw new ConfigError(`cannot listen on the socket \`${path}\``, {
      cause,
      hint: 'its directory must be there and writable, and the path at most 107 bytes long',
    })
  } finally {
    process.umask(umask)
  }
}

const GRACE_MILLISECONDS = 3000

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.forceShutdown(), GRACE_MILLISECONDS)
    server.tryShutdown(() => {
      clearTimeout(late)
      resolve()
    })
  })
}
