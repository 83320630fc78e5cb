import { createHash } from 'node:crypto'
import { type HttpHead, type Instant, instant, OpenirsaError, Secret, splitTarget } from '../../core/index.ts'
import { type SigningCredentials, signRequest } from '../../standards/sigv4/index.ts'
import type { ExchangedCredentials } from './exchange-token.ts'
import { recordOf, textOf } from './iam-calls.ts'
import { send, type Wire } from './wire.ts'

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

/** EKS Auth refused, in its own words; or it could not be asked, and then `status` is 503. */
export class EksAuthError extends OpenirsaError {
  readonly code = 'EKS_AUTH'
  readonly awsCode: string
  readonly status: number

  constructor(awsCode: string, status: number, said: string, cause?: unknown) {
    super(said, cause === undefined ? {} : { cause })
    this.awsCode = awsCode
    this.status = status
  }
}

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
  const { status, code, text } = await send(exchange, { method: 'POST', target, headers, body }).catch((cause) => {
    throw unavailable('EKS Auth cannot be reached', cause)
  })
  if (status >= 500) throw unavailable(`EKS Auth answers ${status}`)
  const answer = jsonOf(text)
  if (status !== 200) throw new EksAuthError(code, status, textOf(answer.message) || `EKS Auth answers ${status}`)
  return readCredentials(answer)
}

function unavailable(what: string, cause?: unknown): EksAuthError {
  return new EksAuthError('ServiceUnavailableException', 503, what, cause)
}

function readCredentials(answer: Readonly<Record<string, unknown>>): ExchangedCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = recordOf(answer.credentials)
  const [id, secret, session] = [textOf(accessKeyId), textOf(secretAccessKey), textOf(sessionToken)]
  if (id === '' || secret === '' || session === '' || typeof expiration !== 'number')
    throw unavailable('EKS Auth gives an answer without credentials')
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    sessionToken: new Secret(session),
    // SPEC: seconds since 1970.
    expiresAt: instant(Math.floor(expiration * 1000)),
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
