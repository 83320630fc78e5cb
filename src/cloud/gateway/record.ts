import type { AccountId, ApiError, Randomness, Region } from '../../core/index.ts'
import { parseAccountId, parseArn, partitionOf, renderIsoSeconds } from '../../core/index.ts'
import type { ExtraRow, TrailRecord } from '../../io/trail/index.ts'
import type { ApiResult } from '../operation.ts'
import type { Journey, Recognised } from './model.ts'
import { nameOfIdentity, renderUserIdentity } from './user-identity.ts'

/** How a call ended. */
export type Ending =
  | { readonly result: ApiResult }
  | { readonly error: ApiError; readonly denialId?: string | undefined; readonly extra?: ExtraRow | undefined }

/** Of calls that name no account and no region. */
export interface Home {
  readonly account: AccountId
  readonly region: Region
  readonly randomness: Randomness
}

/**
 * Step 5: the call as CloudTrail writes it; undefined for one that no service recognised, which CloudTrail does not write either.
 * INVARIANT: no token, no secret key and no signature is in it: parameters come from the row's own shape.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function trailRecordOf(journey: Journey, ending: Ending, home: Home): TrailRecord | undefined {
  const { recognised, arrival, principal, call } = journey
  if (recognised === undefined) return undefined
  const { service, operation, row } = recognised
  const account = accountOf(journey, home)
  const region = call?.region ?? home.region
  const eventId = home.randomness.uuid()
  const resources =
    call === undefined ? [] : (row.trail.resources?.(call.input as never, account, partitionOf(region)) ?? [])
  const found = resources.map(({ type, arn }) => ({ type, name: arn }))
  const denialId = 'denialId' in ending ? ending.denialId : undefined
  const refused = errorOf(journey, ending)
  return {
    eventId,
    requestId: arrival.requestId,
    time: arrival.time,
    account,
    region,
    eventName: operation.name,
    eventSource: service.eventSource,
    readOnly: row.trail.readOnly,
    category: row.trail.category,
    userName: nameOfIdentity(principal),
    accessKeyId: principal !== undefined && 'accessKeyId' in principal ? principal.accessKeyId : undefined,
    resources: call === undefined ? found : found.concat(row.trail.foundBy?.(call.input as never) ?? []),
    denialId,
    event: {
      eventVersion: '1.08',
      userIdentity: renderUserIdentity(journey),
      eventTime: renderIsoSeconds(arrival.time),
      eventSource: service.eventSource,
      eventName: operation.name,
      awsRegion: region,
      sourceIPAddress: arrival.origin.sourceIp,
      userAgent: arrival.origin.userAgent,
      errorCode: refused?.code,
      errorMessage: refused?.message,
      requestParameters: call === undefined || isLong(recognised) ? null : parametersOf(row.trail, call.input),
      responseElements: 'result' in ending ? (row.trail.responseElements?.(ending.result.output) ?? null) : null,
      additionalEventData: additionalOf(journey, ending),
      requestID: arrival.requestId,
      eventID: eventId,
      readOnly: row.trail.readOnly,
      resources:
        resources.length === 0
          ? undefined
          : resources.map(({ type, arn, account: accountId }) => ({ accountId, type, ARN: arn })),
      eventType: 'AwsApiCall',
      managementEvent: row.trail.category === 'Management',
      recipientAccountId: account,
      eventCategory: row.trail.category,
      tlsDetails: tlsOf(journey),
    },
  }
}

/** Whose trail it goes to: the caller's, else that of the role that was asked for, else that of the resource. */
function accountOf({ principal, roleArn, judged }: Journey, home: Home): AccountId {
  if (principal !== undefined && principal.kind !== 'anonymous') return principal.account
  const ofRole = roleArn === undefined ? undefined : parseAccountId(parseArn(roleArn)?.account ?? '')
  return ofRole ?? parseAccountId(judged[0]?.requirement.resourceAccount ?? '') ?? home.account
}

// SPEC: real records of denied exchanges carry this text and not the one that the caller got.
const DENIED_EXCHANGE = 'An unknown error occurred'

function errorOf(
  { principal }: Journey,
  ending: Ending,
): { readonly code: string; readonly message: string } | undefined {
  if ('result' in ending) return undefined
  const { code, message } = ending.error
  const isDeniedExchange = principal?.kind === 'web-identity' && code === 'AccessDenied'
  return { code, message: isDeniedExchange ? DENIED_EXCHANGE : message }
}

function additionalOf({ principal, call, recognised }: Journey, ending: Ending): Record<string, unknown> | undefined {
  const more: Record<string, unknown> = {}
  if (principal?.kind === 'web-identity')
    more.identityProviderConnectionVerificationMethod = METHODS[principal.connection]
  if (call !== undefined) Object.assign(more, recognised?.row.trail.callDetails?.(call))
  if ('result' in ending) Object.assign(more, ending.result.additionalEventData)
  else if (ending.denialId !== undefined) more.denialId = ending.denialId
  return Object.keys(more).length === 0 ? undefined : more
}

// What a real record would say of an issuer that AWS hosts: our own is one.
const METHODS = { IAMTrustStore: 'IAMTrustStore', Thumbprint: 'Thumbprint', hosted: 'IAMTrustStore' } as const

function tlsOf({ arrival: { origin } }: Journey): Record<string, unknown> | undefined {
  if (origin.tlsVersion === undefined) return undefined
  const { tlsVersion, tlsCipher: cipherSuite, host: clientProvidedHostHeader } = origin
  return { tlsVersion, cipherSuite, clientProvidedHostHeader }
}

/** SPEC: CloudTrail leaves out `requestParameters` of more than 100 KB; else a refused call could fill the disk with what it brought. */
const MOST_PARAMETER_BYTES = 100 * 1024

const isLong = ({ body }: Recognised): boolean => (body?.byteLength ?? 0) > MOST_PARAMETER_BYTES

interface ParameterShape {
  requestParameters?(input: never): Record<string, unknown> | null
}

function parametersOf(shape: ParameterShape, input: Readonly<Record<string, unknown>>): unknown {
  return shape.requestParameters === undefined ? lowerCamel(input) : shape.requestParameters(input as never)
}

/** Members with their first letter in lower case, at every depth, as CloudTrail writes them. */
function lowerCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCamel)
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), lowerCamel(member)]),
  )
}
