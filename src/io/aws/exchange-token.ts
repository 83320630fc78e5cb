import { type Instant, instant, OpenirsaError, Secret } from '../../core/index.ts'
import { send, type Wire } from './wire.ts'

/** Whose token is exchanged for which role. */
export interface TokenExchange extends Wire {
  readonly roleArn: string
  readonly sessionName: string
  readonly token: string
}

export interface ExchangedCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret
  readonly expiresAt: Instant
  /** Of the role, where whoever exchanged tells it. */
  readonly account?: string
}

/** STS refused, in its own words. */
export class ExchangeRefusedError extends OpenirsaError {
  readonly code = 'EXCHANGE_REFUSED'
  readonly awsCode: string

  constructor(awsCode: string, said: string, denialId: string | undefined) {
    super(`${awsCode}: ${said}`, denialId === undefined ? {} : { hint: `openirsa explain ${denialId}` })
    this.awsCode = awsCode
  }
}

interface Answer {
  readonly AssumeRoleWithWebIdentityResponse?: {
    readonly AssumeRoleWithWebIdentityResult?: {
      readonly Credentials?: {
        readonly AccessKeyId: string
        readonly SecretAccessKey: string
        readonly SessionToken: string
        readonly Expiration: number
      }
    }
  }
  readonly Error?: { readonly Code?: string; readonly Message?: string }
}

/**
 * AssumeRoleWithWebIdentity, unsigned, as an SDK sends it.
 * @throws ExchangeRefusedError with STS's code and sentence
 */
export async function exchangeToken(exchange: TokenExchange): Promise<ExchangedCredentials> {
  const { roleArn, sessionName, token } = exchange
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    WebIdentityToken: token,
  }).toString()
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', Accept: 'application/json' }
  const { status, text, denialId } = await send(exchange, { method: 'POST', target: '/', headers, body })
  const answer = parse(text)
  const found = answer.AssumeRoleWithWebIdentityResponse?.AssumeRoleWithWebIdentityResult?.Credentials
  if (found === undefined) {
    const { Code = String(status), Message = 'an answer that is none of STS' } = answer.Error ?? {}
    throw new ExchangeRefusedError(Code, Message, denialId)
  }
  return {
    accessKeyId: found.AccessKeyId,
    secretAccessKey: new Secret(found.SecretAccessKey),
    sessionToken: new Secret(found.SessionToken),
    // SPEC: STS writes seconds since 1970 in JSON.
    expiresAt: instant(found.Expiration * 1000),
  }
}

/** What is no JSON is no answer of STS: the caller says so. */
function parse(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return {}
  }
}
