import type { AccountId, Instant } from '../../core/index.ts'

/** One call, as CloudTrail writes it; `event` is the whole record (`CloudTrailEvent`). Members that are undefined are not kept. */
export interface TrailRecord {
  readonly eventId: string
  readonly requestId: string
  readonly time: Instant
  readonly account: AccountId
  readonly region: string
  readonly eventName: string
  readonly eventSource: string
  readonly readOnly: boolean
  /** LookupEvents answers management events only, as AWS does; data events are kept for `trail tail`. */
  readonly category: 'Management' | 'Data'
  readonly userName?: string | undefined
  readonly accessKeyId?: string | undefined
  readonly resources: readonly { readonly type: string; readonly name: string }[]
  readonly denialId?: string | undefined
  readonly event: Readonly<Record<string, unknown>>
}

export type LookupAttribute =
  | 'EventId'
  | 'EventName'
  | 'ReadOnly'
  | 'Username'
  | 'ResourceType'
  | 'ResourceName'
  | 'EventSource'
  | 'AccessKeyId'

export interface TrailQuery {
  readonly account: AccountId
  readonly region: string
  readonly attribute?: { readonly key: LookupAttribute; readonly value: string }
  readonly from?: Instant
  readonly to?: Instant
  readonly limit: number
  /** Where the page before ended. */
  readonly after?: string
}

/** Everything of an account, in every region: management and data. */
export type TrailListQuery = Pick<TrailQuery, 'account' | 'from' | 'limit' | 'after'>

export interface TrailPage {
  readonly records: readonly TrailRecord[]
  /** `after` of the next page; absent on the last one. */
  readonly next?: string
}

/** A row of another room that is as durable as the record it belongs to: it is written in the same commit. */
export interface ExtraRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/** Append-only. */
export interface Trail {
  /**
   * Resolves when the record is durable (group commit); rejects when it is not, and then nothing may be answered as done.
   * `extra` is there exactly when the record is.
   */
  record(entry: TrailRecord, extra?: ExtraRow): Promise<void>
  /** Newest first; management events of the last 90 days. An `after` that is none of ours is behind everything: nothing follows it. */
  lookup(query: TrailQuery): Promise<TrailPage>
  /** As `lookup`, with the data events that LookupEvents leaves out, of all regions. It reads every record of that time. */
  list(query: TrailListQuery): Promise<TrailPage>
}
