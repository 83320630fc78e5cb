import type { LookupAttribute, TrailRecord } from './model.ts'

/**
 * What a record can be found by is kept as a number of 32 bits, and a run of records as the sorted set of them: a look-up
 * reads the records of those runs alone that have its number. Another value may have the same number, so that each
 * record is compared in full; none is missed.
 */
export interface Wanted {
  readonly account: string
  readonly region: string
  /** Absent: every management event of the account and region. */
  readonly attribute?: { readonly key: LookupAttribute; readonly value: string }
}

const NUMBER_BYTES = 4

/** SPEC: FNV-1a of 32 bits, over UTF-16 code units; `from` goes on where another text ended. */
function numberOf(text: string, from = 0x811c9dc5): number {
  let hash = from
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Of texts with a blank between, which are never put together for it. */
const numberOfPair = (one: string, other: string, from?: number): number =>
  numberOf(other, numberOf(' ', numberOf(one, from)))

const placeOf = ({ account, region }: Wanted): number => numberOf(' ', numberOfPair(account, region))

export function nameOf(wanted: Wanted): number {
  const place = placeOf(wanted)
  return wanted.attribute === undefined ? place : numberOfPair(wanted.attribute.key, wanted.attribute.value, place)
}

/** Every number that the record is found by: none for a data event. */
export function namesOf(record: TrailRecord): readonly number[] {
  if (record.category !== 'Management') return []
  const place = placeOf(record)
  const names = [place]
  for (const [key, value] of attributesOf(record)) names.push(numberOfPair(key, value, place))
  return names
}

/** Whether the record is one that is looked for, read in full. */
export function isWanted(record: TrailRecord, { account, region, attribute }: Wanted): boolean {
  if (record.category !== 'Management' || record.account !== account || record.region !== region) return false
  return attribute === undefined || attributesOf(record).some(([k, v]) => k === attribute.key && v === attribute.value)
}

function attributesOf(record: TrailRecord): readonly (readonly [LookupAttribute, string])[] {
  const found: (readonly [LookupAttribute, string])[] = [
    ['EventId', record.eventId],
    ['EventName', record.eventName],
    ['EventSource', record.eventSource],
    ['ReadOnly', String(record.readOnly)],
  ]
  if (record.userName !== undefined) found.push(['Username', record.userName])
  if (record.accessKeyId !== undefined) found.push(['AccessKeyId', record.accessKeyId])
  for (const { type, name } of record.resources) found.push(['ResourceType', type], ['ResourceName', name])
  return found
}

/** Sorted, big-endian. */
export function renderNames(names: ReadonlySet<number>): Uint8Array {
  const sorted = Uint32Array.from(names).sort()
  const bytes = Buffer.alloc(sorted.length * NUMBER_BYTES)
  for (const [at, name] of sorted.entries()) bytes.writeUInt32BE(name, at * NUMBER_BYTES)
  return bytes
}

/** Whether the set that `renderNames` wrote has the name. */
export function hasName(bytes: Uint8Array, name: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let low = 0
  let high = bytes.byteLength / NUMBER_BYTES
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = view.getUint32(middle * NUMBER_BYTES)
    if (found === name) return true
    if (found < name) low = middle + 1
    else high = middle
  }
  return false
}
