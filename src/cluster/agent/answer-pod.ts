import type { IncomingMessage } from 'node:http'
import { createRate, renderIsoSeconds, Secret, TokenError } from '../../core/index.ts'
import { EksAuthError, type ExchangedCredentials } from '../../io/aws/index.ts'
import { createKeptCredentials } from './kept-credentials.ts'
import type { AgentParts } from './model.ts'
import { readPodToken } from './read-pod-token.ts'
import { createSeldom } from './seldom.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

const PATH = '/v1/credentials'
/** Of one address: a pod's programs together, which may all be started at once. */
const ASKS_PER_SECOND = 50

/** What a pod's SDK is answered. Never rejects. */
export function createPodAnswers(parts: AgentParts): (request: IncomingMessage) => Promise<Answer> {
  const { clock, log, nodeName } = parts
  const kept = createKeptCredentials(parts.exchange, clock)
  const rate = createRate(ASKS_PER_SECOND)
  const seldom = createSeldom(clock)
  return async (request) => {
    const refusal = refuseRequest(request)
    if (refusal !== undefined) return refusal
    const source = request.socket.remoteAddress ?? ''
    if (!rate.take(source, clock.now())) return say(429, 'ThrottlingException', 'too many requests from this pod')
    const jwt = request.headers.authorization ?? ''
    try {
      const pod = readPodToken(jwt, { now: clock.now(), nodeName })
      const credentials = await kept.get(new Secret(jwt))
      log.debug({ ...pod, source }, 'a pod got its credentials')
      return { status: 200, body: render(credentials) }
    } catch (failure) {
      return answerFailure(failure, source, { log, seldom })
    }
  }
}

/** What is wrong with the request itself. */
function refuseRequest({ method, url, headers }: IncomingMessage): Answer | undefined {
  // Whoever is asked through a proxy gives credentials to somebody who is not in the pod.
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined)
    return say(403, 'Forbidden', 'forwarded requests are not answered')
  if (url !== PATH) return say(404, 'NotFound', `only ${PATH} is there`)
  if (method !== 'GET') return say(405, 'MethodNotAllowed', 'only GET is answered')
  if (headers.authorization === undefined || headers.authorization === '')
    return say(401, 'Unauthorized', 'the Authorization header must hold the service account token of the pod')
  return undefined
}

interface FailureParts extends Pick<AgentParts, 'log'> {
  /** Whether a cause is to be told in the log: SDKs ask again and again. */
  readonly seldom: (cause: string) => boolean
}

function answerFailure(failure: unknown, source: string, { log, seldom }: FailureParts): Answer {
  if (failure instanceof TokenError) {
    const { reason, message, facts } = failure
    if (seldom(`${source} ${reason}`)) log.info({ source, reason, why: message, ...facts }, 'a token was refused')
    const code = reason === 'expired' ? 'ExpiredTokenException' : 'InvalidTokenException'
    return say(400, code, `the token is refused: ${message}`)
  }
  if (!(failure instanceof EksAuthError)) {
    log.error({ failure, source }, 'a request could not be answered')
    return say(500, 'InternalServerException', 'the agent could not answer')
  }
  const { status, awsCode, message } = failure
  const isOutage = status >= 500
  // An outage is everybody's; a refusal is that of one pod.
  if (seldom(isOutage ? message : `${source} ${message}`))
    log[isOutage ? 'warn' : 'info']({ failure, source }, isOutage ? 'EKS Auth cannot be asked' : 'EKS Auth refused')
  return say(status, awsCode, message)
}

/** Both spellings: the SDK for Go reads the first, that for JavaScript the second, and botocore shows the whole. */
function say(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ code, message, Code: code, Message: message }) }
}

/** This is where a secret key leaves the agent, for the pod whose token was verified. */
function render({ accessKeyId, secretAccessKey, sessionToken, expiresAt, account }: ExchangedCredentials): string {
  return JSON.stringify({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    Token: sessionToken.reveal(),
    Expiration: renderIsoSeconds(expiresAt),
    ...(account === undefined ? {} : { AccountId: account }),
  })
}
