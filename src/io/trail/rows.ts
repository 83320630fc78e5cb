import { type Instant, instant } from '../../core/index.ts'
import type { LookupAttribute, TrailRecord } from './model.ts'
import type { LookupRow, TrailTables } from './tables.ts'

/** Room in a position for the records of one millisecond. */
const PER_MILLISECOND = 1024

/** First position of a millisecond. A `number` holds positions exactly until the year 2248. */
export function firstPositionOf(at: Instant): number {
  return at * PER_MILLISECOND
}

/** Where a record stands: by its time, and among those of the same millisecond in the order of arrival. */
export function positionOf(at: Instant, arrival: number): number {
  return firstPositionOf(instant(Math.floor(at))) + (arrival % PER_MILLISECOND)
}

export type EventRow = TrailTables['trail_events']

/** @throws TypeError when the record is not JSON (cyclic, bigint) */
export function eventRowOf(entry: TrailRecord, position: number): EventRow {
  return {
    position,
    event_id: indexable(entry.eventId),
    account: entry.account,
    region: indexable(entry.region),
    is_management: entry.category === 'Management' ? 1 : 0,
    record: JSON.stringify(entry),
  }
}

/** What a management event can be found by; two resources of one type are one row. */
export function lookupRowsOf(entry: TrailRecord, { account, region, position, event_id }: EventRow): LookupRow[] {
  if (entry.category !== 'Management') return []
  const rows = new Map<string, LookupRow>()
  const add = (attribute: LookupAttribute, value: string | undefined): void => {
    if (value === undefined) return
    rows.set(`${attribute} ${value}`, { account, region, attribute, value: indexable(value), position, event_id })
  }
  add('EventId', entry.eventId)
  add('EventName', entry.eventName)
  add('EventSource', entry.eventSource)
  add('ReadOnly', String(entry.readOnly))
  add('Username', entry.userName)
  add('AccessKeyId', entry.accessKeyId)
  for (const { type, name } of entry.resources) {
    add('ResourceType', type)
    add('ResourceName', name)
  }
  return [...rows.values()]
}

/** Text that may stand in a key: no database keeps U+0000 in text; the record itself keeps it, as JSON. */
export function indexable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

/** The record as it was given. */
export function recordOf({ record }: Pick<EventRow, 'record'>): TrailRecord {
  return JSON.parse(record) as TrailRecord
}
