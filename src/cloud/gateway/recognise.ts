import { ApiError, type HttpHead, headerValue, SignatureError } from '../../core/index.ts'
import { invalidAction, isStreamingInput, parseQueryForm, type QueryForm } from '../../standards/protocol/index.ts'
import { findCredentials, type PresentedCredentials } from '../../standards/sigv4/index.ts'
import type { Service } from '../operation.ts'
import { readBody } from './body.ts'
import type { Arrival, Journey, Recognised } from './model.ts'
import { rowOf } from './rows.ts'
import type { Switchboard } from './switchboard.ts'

/**
 * Step 1: which operation of which service is this? Sets `journey.service` as soon as it is known, so that whatever
 * fails afterwards is said in that service's words.
 * @throws ApiError for what no service has; SignatureError for credentials that cannot be read
 */
export async function recognise(journey: Journey, switchboard: Switchboard): Promise<Recognised> {
  const { arrival } = journey
  const shown = readCredentials(arrival)
  const signer = shown.presented === undefined ? undefined : switchboard.bySigningName(shown.presented.scope.service)
  if (isFormPost(arrival)) return recogniseForm(journey, switchboard, { shown, signer })
  const service = signer ?? switchboard.forUnsigned(arrival.head)
  journey.service = service
  if (shown.presented !== undefined && signer === undefined) throw notServed(shown.presented)
  const form = service.model.protocol === 'awsQuery' ? parseQueryForm(arrival.head.query) : undefined
  if (form !== undefined && switchboard.byTokenAction(form.get('Action')) === service)
    return finish(journey, { presented: undefined, form, body: new Uint8Array(0) })
  if (shown.failure !== undefined) {
    journey.service = switchboard.bySigningName(findNamedService(arrival.head)) ?? service
    throw shown.failure
  }
  return finish(journey, { presented: shown.presented, form, body: undefined })
}

interface Shown {
  readonly presented: PresentedCredentials | undefined
  readonly failure: SignatureError | undefined
}

/** Credentials that cannot be read are refused only once it is known that the call needs any. */
function readCredentials({ head }: Arrival): Shown {
  try {
    return { presented: findCredentials(head), failure: undefined }
  } catch (failure) {
    if (failure instanceof SignatureError) return { presented: undefined, failure }
    throw failure
  }
}

/** UNVERIFIED, and good for nothing but the choice of words: the service that broken credentials seem to be for. */
function findNamedService({ headers, query }: HttpHead): string {
  for (const text of [headerValue(headers, 'authorization') ?? '', query.replaceAll(/%2F/gi, '/')]) {
    const end = text.indexOf('/aws4_request')
    if (end > 0) return text.slice(text.lastIndexOf('/', end - 1) + 1, end)
  }
  return ''
}

function isFormPost({ head }: Arrival): boolean {
  if (head.method !== 'POST' || head.path !== '/') return false
  if (headerValue(head.headers, 'x-amz-target') !== undefined) return false
  const type = headerValue(head.headers, 'content-type')
  return type === undefined || type.toLowerCase().startsWith('application/x-www-form-urlencoded')
}

/**
 * SPEC: AssumeRoleWithWebIdentity is not signed, and a stray Authorization header on it is ignored: so the body says what
 * is asked before the signature says of whom.
 */
async function recogniseForm(
  journey: Journey,
  switchboard: Switchboard,
  { shown, signer }: { readonly shown: Shown; readonly signer: Service | undefined },
): Promise<Recognised> {
  const { request, facts } = journey.arrival
  journey.service = signer ?? switchboard.queryDefault
  facts.sendContinue()
  const body = await readBody(request, journey.service.maxBodyBytes)
  refuseParameters(journey.arrival.head.query)
  const form = parseQueryForm(body)
  const byToken = switchboard.byTokenAction(form.get('Action'))
  if (byToken !== undefined) {
    journey.service = byToken
    return finish(journey, { presented: undefined, form, body })
  }
  if (shown.presented !== undefined && signer === undefined) throw notServed(shown.presented)
  journey.service = signer ?? switchboard.byForm(journey.arrival.head, form)
  if (shown.failure !== undefined) throw shown.failure
  return finish(journey, { presented: shown.presented, form, body })
}

/**
 * SPEC: a POST has its parameters in its body. Others in its query would be taken for the call by whoever reads that one first.
 * @throws ApiError ValidationError
 */
function refuseParameters(query: string): void {
  for (const name of parseQueryForm(query).keys())
    if (!name.toLowerCase().startsWith('x-amz-'))
      throw new ApiError(
        'ValidationError',
        400,
        'The parameters of a POST request stand in its body, not in its query.',
      )
}

interface Read {
  readonly presented: PresentedCredentials | undefined
  readonly form: QueryForm | undefined
  readonly body: Uint8Array | undefined
}

async function finish(journey: Journey, read: Read): Promise<Recognised> {
  const { service, arrival } = journey
  const { presented, form } = read
  const operation = service.model.recognise(arrival.head, form)
  if (operation === undefined) throw unknownOperation(service, form)
  const row = rowOf(service, operation.name)
  const streams = isStreamingInput(service.model, operation.name)
  if (streams || read.body !== undefined)
    return { service, operation, row, presented, form, body: streams ? undefined : read.body }
  arrival.facts.sendContinue()
  return { service, operation, row, presented, form, body: await readBody(arrival.request, service.maxBodyBytes) }
}

function unknownOperation({ model }: Service, form: QueryForm | undefined): ApiError {
  if (model.protocol === 'awsQuery')
    return invalidAction(form?.get('Action') ?? '', form?.get('Version') ?? model.apiVersion)
  return new ApiError('UnknownOperationException', model.protocol === 'restJson' ? 404 : 400, 'Unknown operation')
}

function notServed({ scope }: PresentedCredentials): ApiError {
  return new ApiError(
    'NotImplemented',
    501,
    `The service ${scope.service.slice(0, 60)} is not part of this installation.`,
  )
}
