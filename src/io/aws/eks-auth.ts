import { createHash } from 'node:crypto'
import {
  type ErrorDetails,
  type HttpHead,
  type Instant,
  instant,
  OpenirsaError,
  parseArn,
  Secret,
  splitTarget,
} from '../../core/index.ts'
import { type SigningCredentials, signRequest } from '../../standards/sigv4/index.ts'
import type { ExchangedCredentials } from './exchange-token.ts'
import { recordOf, textOf } from './iam-calls.ts'
import { type AwsAnswer, send, type Wire } from './wire.ts'

/** A pod's token, to be exchanged for its role's credentials. */
export interface PodIdentityExchange extends Wire {
  readonly region: string
  readonly clusterName: string
  /** The pod's. */
  readonly token: Secret
  /** Of whoever asks: a node's agent. */
  readonly credentials: SigningCredentials
  readonly now: Instant
}

/** EKS Auth refused, in its own words; or it gives no answer about the token now, and then `status` is 503. */
export class EksAuthError extends OpenirsaError {
  readonly code = 'EKS_AUTH'
  readonly awsCode: string
  readonly status: number

  constructor(awsCode: string, status: number, said: string, more: ErrorDetails = {}) {
    super(said, more)
    this.awsCode = awsCode
    this.status = status
  }
}

/** EKS Auth does not take the credentials of who asks, which says nothing about the token. */
export class CallerRefusedError extends EksAuthError {}

/**
 * AssumeRoleForPodIdentity, signed as the caller.
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
 * @throws EksAuthError
 */
export async function assumeRoleForPodIdentity(exchange: PodIdentityExchange): Promise<ExchangedCredentials> {
  const { endpoint, region, clusterName, token, credentials, now } = exchange
  const target = `/clusters/${encodeURIComponent(clusterName)}/assume-role-for-pod-identity`
  const body = JSON.stringify({ token: token.reveal() })
  const own = Object.entries({ host: new URL(endpoint).host, 'content-type': 'application/json' })
  const head: HttpHead = { method: 'POST', ...splitTarget(target), headers: own }
  const bodySha256 = createHash('sha256').update(body).digest('hex')
  const signed = signRequest(head, { credentials, scope: { region, service: 'eks-auth' }, now, bodySha256 })
  const headers = { ...Object.fromEntries(signed), 'content-length': String(Buffer.byteLength(body)) }
  const answer = await send(exchange, { method: 'POST', target, headers, body }).catch((cause: Error) => {
    throw unavailable(`EKS Auth at ${endpoint} cannot be reached: ${wordOf(cause)}`, { cause })
  })
  if (answer.status !== 200) throw refusalOf(answer)
  return readCredentials(jsonOf(answer.text))
}

function refusalOf({ status, code, text, denialId }: AwsAnswer): EksAuthError {
  const { message, Message } = jsonOf(text)
  const said = textOf(message) || textOf(Message) || `EKS Auth answers ${status}`
  const more = denialId === undefined ? {} : { hint: `openirsa explain ${denialId}` }
  // SPEC: what is wrong with a token is 400 or 404; 403 is about the signature, and who made it.
  if (status === 403)
    return new CallerRefusedError(UNAVAILABLE, 503, `the agent itself is refused: ${code}: ${said}`, more)
  if (status >= 500) return unavailable(said, more)
  return status === 429 ? new EksAuthError(code, 503, said, more) : new EksAuthError(code, status, said, more)
}

const UNAVAILABLE = 'ServiceUnavailableException'

function unavailable(what: string, more: ErrorDetails = {}): EksAuthError {
  return new EksAuthError(UNAVAILABLE, 503, what, more)
}

/** ECONNREFUSED and the like, where there is such a word. */
function wordOf(cause: Error): string {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

function readCredentials(answer: Readonly<Record<string, unknown>>): ExchangedCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = recordOf(answer.credentials)
  const [id, secret, session] = [textOf(accessKeyId), textOf(secretAccessKey), textOf(sessionToken)]
  if (id === '' || secret === '' || session === '' || typeof expiration !== 'number')
    throw unavailable('EKS Auth gives an answer without credentials')
  const account = parseArn(textOf(recordOf(answer.assumedRoleUser).arn))?.account
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    sessionToken: new Secret(session),
    // SPEC: seconds since 1970.
    expiresAt: instant(Math.floor(expiration * 1000)),
    ...(account === undefined || account === '' ? {} : { account }),
  }
}

/** What is no JSON has nothing in it: whoever reads it says so. */
function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return {}
  }
}
