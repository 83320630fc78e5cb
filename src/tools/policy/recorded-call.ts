import { ConfigError, type JsonValue, parseStrictJson, StrictJsonError } from '../../core/index.ts'
import { listOf, recordOf, textOf } from '../../io/aws/index.ts'

/** What a record of CloudTrail says of one call, as far as a policy has to do with it. */
export interface RecordedCall {
  readonly eventSource: string
  readonly eventName: string
  readonly region: string
  readonly account: string
  /** Milliseconds since 1970; NaN when the record has no time. */
  readonly time: number
  readonly readOnly: boolean
  /** Empty when the call did what it should. */
  readonly errorCode: string
  readonly identity: Readonly<Record<string, unknown>>
  readonly parameters: Readonly<Record<string, unknown>>
  readonly response: Readonly<Record<string, unknown>>
  /** ARNs of the record's own `resources`. */
  readonly resources: readonly string[]
}

/**
 * Records in a text: a JSON array, `{"Records": […]}`, what `aws cloudtrail lookup-events` prints, or one of these a line.
 * @throws ConfigError when it is none of them
 */
export function readEvents(name: string, text: string): readonly unknown[] {
  const whole = parseOrNothing(text)
  if (whole !== undefined) return eventsOf(whole, name)
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const value = parseOrNothing(line)
    if (value !== undefined) return eventsOf(value, name)
    throw new ConfigError(`${name}:${at + 1}: this is no JSON`, {
      hint: 'records come as a JSON array, as {"Records": […]}, as lookup-events prints them, or one a line',
    })
  })
}

function parseOrNothing(text: string): JsonValue | undefined {
  try {
    return parseStrictJson(text)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    return undefined
  }
}

function eventsOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => eventsOf(one, name))
  const { Records, Events, CloudTrailEvent, eventName } = recordOf(value)
  if (Array.isArray(Records) || Array.isArray(Events)) return eventsOf(Records ?? Events, name)
  if (typeof CloudTrailEvent === 'string') return eventsOf(parseOrNothing(CloudTrailEvent), name)
  if (typeof eventName === 'string') return [value]
  throw new ConfigError(`${name}: something in it is no record of CloudTrail: it has no eventName`)
}

/** Undefined for a record of anything but an API call, such as a sign-in to the console. */
export function readCall(event: unknown): RecordedCall | undefined {
  const record = recordOf(event)
  const identity = recordOf(record.userIdentity)
  if (record.eventType !== undefined && record.eventType !== 'AwsApiCall') return undefined
  return {
    eventSource: textOf(record.eventSource),
    eventName: textOf(record.eventName),
    region: textOf(record.awsRegion),
    account: textOf(record.recipientAccountId) || textOf(identity.accountId),
    time: Date.parse(textOf(record.eventTime)),
    readOnly: record.readOnly === true || record.readOnly === 'true',
    errorCode: textOf(record.errorCode),
    identity,
    parameters: recordOf(record.requestParameters),
    response: recordOf(record.responseElements),
    resources: listOf(record.resources)
      .map((one) => textOf(recordOf(one).ARN))
      .filter((arn) => arn !== ''),
  }
}

/** Codes by which services say that no policy allowed the call: `AccessDeniedException`, `Client.UnauthorizedOperation`, … */
const DENIED = /access ?denied|unauthori[sz]ed|not ?authori[sz]ed|authorizationerror|^forbidden$/i

/** Codes of callers who were not recognised: no policy was asked. */
const UNRECOGNISED: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  'MissingAuthenticationToken',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

/** A call that failed for another reason, such as a missing key, had been allowed before. */
export function fateOf({ errorCode }: Pick<RecordedCall, 'errorCode'>): 'allowed' | 'denied' | 'unrecognised' {
  if (UNRECOGNISED.has(errorCode)) return 'unrecognised'
  return DENIED.test(errorCode) ? 'denied' : 'allowed'
}
