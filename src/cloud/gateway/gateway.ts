import type { ServerResponse } from 'node:http'
import { ApiError, type HttpHead, headerValue, parseRegion, SignatureError, TokenError } from '../../core/index.ts'
import type { ExtraRow } from '../../io/trail/index.ts'
import type { WireAnswer } from '../../standards/protocol/index.ts'
import { createSigningKeyCache } from '../../standards/sigv4/index.ts'
import type { ApiCall, ApiResult, Principal, Refusal } from '../operation.ts'
import { arrive } from './arrive.ts'
import { authenticateSignature } from './authenticate.ts'
import { authenticateToken } from './authenticate-token.ts'
import { authorize, refusalOf } from './authorize.ts'
import { furtherRecordsOf } from './further-records.ts'
import type { Gateway, GatewayOptions, Journey, Recognised } from './model.ts'
import { checkPayload, openBody } from './payload.ts'
import { recognise } from './recognise.ts'
import { type Ending, trailRecordOf } from './record.ts'
import { refuseHead } from './refuse-head.ts'
import { DENIAL_HEADER, discard, render } from './render.ts'
import { createSessionPolicies } from './session-policies.ts'
import { createSwitchboard } from './switchboard.ts'

/** What every step may use. */
type Parts = ReturnType<typeof partsOf>

/** @throws Error when the services do not cover unsigned calls */
export function createGateway(options: GatewayOptions): Gateway {
  const parts = partsOf(options)
  return {
    handle: async (request, response, facts) => {
      const arrival = arrive(request, facts, options)
      const journey: Journey = { arrival, service: parts.switchboard.forUnsigned(arrival.head), judged: [] }
      await serve(journey, response, parts)
    },
    refuseHead: (head, fault) => refuseHead(parts.switchboard.forUnsigned(head), head, fault),
  }
}

function partsOf(options: GatewayOptions) {
  return {
    ...options,
    switchboard: createSwitchboard(options.services),
    sessionPolicies: createSessionPolicies(options.identity),
    signingKeys: createSigningKeyCache(),
  }
}

/** The six steps. Nothing leaves before it is recorded, and nothing is performed before it is authorised. */
async function serve(journey: Journey, response: ServerResponse, parts: Parts): Promise<void> {
  let answer: WireAnswer
  try {
    const recognised = await recognise(journey, parts.switchboard) //                       1 which operation is this?
    journey.recognised = recognised
    const { call, principal } = await authenticate(journey, recognised, parts) //           2 who asks?
    const verdict = await authorize(recognised.row, call, { principal, parts }) //          3 may they?
    journey.judged = verdict.judged
    if (verdict.refusal !== undefined) answer = await refuse(journey, verdict.refusal, parts)
    else {
      const result = await perform(journey, recognised, { call, principal }) //             4 do it
      answer = await finish(journey, recognised, { result, parts }) //                      5 durable before the answer
    }
  } catch (failure) {
    answer = await fail(journey, failure, parts)
  }
  await send(journey, response, { answer, parts }) //                                       6 say it in AWS's words
}

interface Known {
  readonly call: ApiCall
  readonly principal: Principal
}

/** A signature is proven before the input is read; a token stands in the input. */
async function authenticate(journey: Journey, recognised: Recognised, parts: Parts): Promise<Known> {
  const { row } = recognised
  if (row.authenticate.by === 'web-identity') {
    const call = await readCall(journey, recognised, parts)
    const principal = await authenticateToken(journey, row.authenticate.token(call.input as never), parts)
    journey.principal = principal
    return { call, principal }
  }
  checkPayload(journey.arrival, recognised)
  const principal = authenticateSignature(journey.arrival, recognised, parts)
  journey.principal = principal
  const call = await readCall(journey, recognised, parts)
  parts.uses.note(principal, call)
  return { call, principal }
}

const NOTHING = new Uint8Array(0)

async function readCall(journey: Journey, recognised: Recognised, { region }: Parts): Promise<ApiCall> {
  const { arrival } = journey
  const { service, operation, presented, form, body } = recognised
  const input = await service.model.decodeInput(operation, arrival.head, body ?? NOTHING, form)
  const call: ApiCall = {
    service: service.name,
    operation: operation.name,
    region: parseRegion(presented?.scope.region ?? '') ?? region,
    requestId: arrival.requestId,
    time: arrival.time,
    origin: arrival.origin,
    signedBy: presented?.form,
    headers: arrival.head.headers,
    input,
  }
  journey.call = call
  service.model.checkInput(operation.name, input)
  return call
}

/** The body is opened here and nowhere else: nobody reads what was not authorised. */
async function perform(journey: Journey, recognised: Recognised, { call, principal }: Known): Promise<ApiResult> {
  const opened = recognised.body === undefined ? openBody(journey.arrival, recognised) : {}
  return recognised.row.perform({ ...call, ...opened }, principal, journey.judged)
}

async function finish(
  journey: Journey,
  { service, operation }: Recognised,
  { result, parts }: { readonly result: ApiResult; readonly parts: Parts },
): Promise<WireAnswer> {
  const { head, requestId } = journey.arrival
  const answer = await service.model.encodeOutput(operation, head, result.output, requestId)
  try {
    await record(journey, { result }, parts)
  } catch (failure) {
    discard(answer)
    throw failure
  }
  return answer
}

async function record(journey: Journey, ending: Ending, parts: Parts): Promise<void> {
  const entry = trailRecordOf(journey, ending, parts)
  const extra = 'extra' in ending ? ending.extra : undefined
  const further = 'result' in ending ? furtherRecordsOf(journey, ending.result, parts) : []
  // Handed over together: they are durable together.
  const written = further.map((one) => parts.trail.record(one))
  if (entry !== undefined) written.push(parts.trail.record(entry, extra))
  await Promise.all(written)
}

/** What was refused is said in the service's words, explained once, and kept under an id that the answer carries. */
async function refuse(journey: Journey, refusal: Refusal, parts: Parts, said?: ApiError): Promise<WireAnswer> {
  const { service, arrival, call, recognised } = journey
  const operation = recognised?.operation.name ?? 'unknown'
  const region = call?.region ?? parts.region
  const signedBy = recognised?.presented?.form ?? formOfSignature(arrival.head)
  const error = said ?? service.refuse(refusal, { operation, region, ...(signedBy === undefined ? {} : { signedBy }) })
  const { account } =
    journey.principal !== undefined && 'account' in journey.principal ? journey.principal : { account: undefined }
  const denial = parts.denials.describe(
    refusal,
    {
      requestId: arrival.requestId,
      time: arrival.time,
      service: service.name,
      operation,
      region,
      sourceIp: arrival.origin.sourceIp,
      ...(account === undefined ? {} : { account }),
      ...(journey.principal === undefined ? {} : { principal: journey.principal }),
    },
    error,
  )
  const extra: ExtraRow = parts.denials.rowOf(denial)
  if (recognised === undefined) await parts.denials.keep(denial)
  else await record(journey, { error, denialId: denial.id, extra }, parts)
  await parts.denials.sweep()
  return withHeader(encodeError(journey, error), DENIAL_HEADER, denial.id)
}

/** Where a signature that could not be read stands. */
function formOfSignature({ headers, query }: HttpHead): 'header' | 'query' | undefined {
  if (headerValue(headers, 'authorization') !== undefined) return 'header'
  return /(^|&)x-amz-(algorithm|credential|signature)=/i.test(query) ? 'query' : undefined
}

/** Every failure becomes an answer; one that is nobody's fault but ours says nothing of itself. */
async function fail(journey: Journey, failure: unknown, parts: Parts): Promise<WireAnswer> {
  try {
    if (failure instanceof SignatureError) return await refuse(journey, { kind: 'signature', error: failure }, parts)
    if (failure instanceof TokenError) return await refuse(journey, tokenRefusal(journey, failure), parts)
    if (failure instanceof ApiError) return await failInWords(journey, failure, parts)
    return await failInternally(journey, failure, parts)
  } catch (second) {
    return internalFailure(journey, second, parts)
  }
}

function tokenRefusal({ roleArn, provider }: Journey, error: TokenError): Refusal {
  return {
    kind: 'token',
    error,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(provider === undefined ? {} : { provider }),
  }
}

async function failInWords(journey: Journey, error: ApiError, parts: Parts): Promise<WireAnswer> {
  const { call, principal } = journey
  const denied = journey.judged.find((one) => one === error.cause)
  if (denied !== undefined && call !== undefined && principal !== undefined)
    return await refuse(journey, refusalOf(denied, call, { principal, parts }), parts, error)
  await record(journey, { error }, parts)
  return encodeError(journey, error)
}

/** It may have been done in part: the call is in the trail all the same, as long as the trail can be written. */
async function failInternally(journey: Journey, failure: unknown, parts: Parts): Promise<WireAnswer> {
  const answer = internalFailure(journey, failure, parts)
  await record(journey, { error: INTERNAL_FAILURE }, parts)
  return answer
}

const INTERNAL_FAILURE = new ApiError(
  'InternalFailure',
  500,
  'The request processing has failed because of an unknown error, exception or failure.',
)

function internalFailure(journey: Journey, failure: unknown, { log }: Parts): WireAnswer {
  const { arrival, recognised } = journey
  const facts = { failure, requestId: arrival.requestId, operation: recognised?.operation.name }
  // Who hangs up in the middle of a body fails alone, and is told nothing.
  if (arrival.request.destroyed && !arrival.request.complete) log.debug(facts, 'a caller went away')
  else log.error(facts, 'a call failed')
  return encodeError(journey, INTERNAL_FAILURE)
}

function encodeError({ service, recognised, arrival }: Journey, error: ApiError): WireAnswer {
  return service.model.encodeError(recognised?.operation, arrival.head, error, arrival.requestId)
}

function withHeader(answer: WireAnswer, name: string, value: string): WireAnswer {
  return { ...answer, headers: [...answer.headers, [name, value]] }
}

async function send(
  { arrival }: Journey,
  response: ServerResponse,
  { answer, parts }: { readonly answer: WireAnswer; readonly parts: Parts },
): Promise<void> {
  try {
    await render(arrival, response, answer)
  } catch (failure) {
    // The caller went away, or a file failed under our hands: there is nobody to tell.
    parts.log.debug({ failure, requestId: arrival.requestId }, 'an answer was not taken')
    response.destroy()
  }
}
