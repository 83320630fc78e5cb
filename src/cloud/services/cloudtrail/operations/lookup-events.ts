import { createHash } from 'node:crypto'
import { type AccountId, type Instant, instant } from '../../../../core/index.ts'
import type { LookupAttribute, Trail, TrailQuery, TrailRecord } from '../../../../io/trail/index.ts'
import type { ApiCall, ApiResult } from '../../../operation.ts'
import {
  badAttributeValue,
  badEventCategory,
  badMaxResults,
  badNextToken,
  badTimeRange,
  severalAttributes,
  unknownAttribute,
} from '../errors.ts'

export interface LookupEventsInput {
  readonly LookupAttributes?: readonly { readonly AttributeKey: string; readonly AttributeValue: string }[]
  readonly StartTime?: Date
  readonly EndTime?: Date
  readonly EventCategory?: string
  readonly MaxResults?: number
  readonly NextToken?: string
}

const LARGEST_PAGE = 50
const LONGEST_VALUE = 2000

const ATTRIBUTES: ReadonlySet<string> = new Set<LookupAttribute>([
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
])

/** Management events of the account and region, newest first. @throws ApiError as `errors.ts` names them */
export async function lookupEvents(
  trail: Trail,
  account: AccountId,
  call: ApiCall<LookupEventsInput>,
): Promise<ApiResult> {
  const { EventCategory, NextToken } = call.input
  const query = readQuery(account, call)
  if (EventCategory !== undefined && EventCategory !== 'insight') throw badEventCategory()
  // Nothing here computes Insights events, so that there are none.
  if (EventCategory === 'insight') return { output: { Events: [] } }
  const mark = markOf(query)
  const after = NextToken === undefined ? {} : { after: readToken(NextToken, mark) }
  const { records, next } = await trail.lookup({ ...query, ...after })
  return {
    output: { Events: records.map(renderEvent), ...(next === undefined ? {} : { NextToken: `${mark}.${next}` }) },
  }
}

function readQuery(account: AccountId, { input, region }: ApiCall<LookupEventsInput>): TrailQuery {
  const { LookupAttributes = [], StartTime, EndTime, MaxResults = LARGEST_PAGE } = input
  if (MaxResults < 1 || MaxResults > LARGEST_PAGE) throw badMaxResults(MaxResults)
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) throw badTimeRange()
  const [first, ...more] = LookupAttributes
  if (more.length > 0) throw severalAttributes()
  return {
    account,
    region,
    limit: MaxResults,
    ...(first === undefined ? {} : { attribute: readAttribute(first.AttributeKey, first.AttributeValue) }),
    ...(StartTime === undefined ? {} : { from: at(StartTime) }),
    ...(EndTime === undefined ? {} : { to: at(EndTime) }),
  }
}

const at = (date: Date): Instant => instant(date.getTime())

function isAttribute(key: string): key is LookupAttribute {
  return ATTRIBUTES.has(key)
}

function readAttribute(key: string, value: string): NonNullable<TrailQuery['attribute']> {
  if (!isAttribute(key)) throw unknownAttribute(key)
  if (value.length === 0 || value.length > LONGEST_VALUE) throw badAttributeValue(key)
  return { key, value }
}

/** Ties a token to the question that it continues. */
function markOf({ account, region, attribute, from, to }: TrailQuery): string {
  const question = JSON.stringify([account, region, attribute?.key, attribute?.value, from, to])
  return createHash('sha256').update(question).digest('base64url').slice(0, 16)
}

function readToken(token: string, mark: string): string {
  if (!token.startsWith(`${mark}.`) || token.length === mark.length + 1) throw badNextToken()
  return token.slice(mark.length + 1)
}

function renderEvent(record: TrailRecord): Record<string, unknown> {
  return {
    EventId: record.eventId,
    EventName: record.eventName,
    // SPEC: text, not a boolean, in this API.
    ReadOnly: String(record.readOnly),
    ...(record.accessKeyId === undefined ? {} : { AccessKeyId: record.accessKeyId }),
    EventTime: record.time,
    EventSource: record.eventSource,
    ...(record.userName === undefined ? {} : { Username: record.userName }),
    Resources: record.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(record.event),
  }
}
