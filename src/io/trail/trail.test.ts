import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AccountId, instant } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../store/index.ts'
import { hasName, nameOf, namesOf, renderNames } from './contents.ts'
import type { Trail, TrailQuery, TrailRecord } from './model.ts'
import type { TrailTables } from './tables.ts'
import { createTrail } from './trail.ts'

const ACCOUNT = '000000000000' as AccountId
const OTHER = '111122223333' as AccountId
const START = Date.parse('2026-03-01T12:00:00Z')
const DAY = 24 * 3600 * 1000

const entry = (number: number, more: Partial<TrailRecord> = {}): TrailRecord => ({
  eventId: `event-${number}`,
  requestId: `request-${number}`,
  time: instant(START + number),
  account: ACCOUNT,
  region: 'us-east-1',
  eventName: 'GetCallerIdentity',
  eventSource: 'sts.amazonaws.com',
  readOnly: true,
  category: 'Management',
  resources: [],
  event: { eventID: `event-${number}` },
  ...more,
})

let clock: ReturnType<typeof fixedClock>
let store: Store
let trail: Trail
const ask = (more: Partial<TrailQuery> = {}) =>
  trail.lookup({ account: ACCOUNT, region: 'us-east-1', limit: 50, ...more })
const idsOf = async (more: Partial<TrailQuery> = {}) => (await ask(more)).records.map(({ eventId }) => eventId)
const recordAll = (entries: readonly TrailRecord[]) => Promise.all(entries.map((one) => trail.record(one)))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)
const countOf = async (table: keyof TrailTables) => {
  const { n } = await store
    .room<TrailTables>()
    .selectFrom(table)
    .select(({ fn }) => fn.countAll().as('n'))
    .executeTakeFirstOrThrow()
  return Number(n)
}

beforeEach(async () => {
  clock = fixedClock(START)
  store = await openSqliteStore(':memory:')
  trail = createTrail({ store, clock })
})
afterEach(() => store.close())

describe('the trail', () => {
  it('gives back records as they were given, newest first', async () => {
    const whole = entry(2, {
      userName: 'administrator',
      accessKeyId: 'AKIAEXAMPLE',
      denialId: 'd-1',
      readOnly: false,
      resources: [{ type: 'AWS::IAM::Role', name: 'orders' }],
      event: { nested: { 'a\0b': ['ä', null, 1.5] } },
    })
    await trail.record(entry(1))
    await trail.record(whole)
    expect((await ask()).records).toEqual([whole, entry(1)])
  })

  it.each([
    [{ key: 'EventId', value: 'event-1' }],
    [{ key: 'EventName', value: 'CreateRole' }],
    [{ key: 'EventSource', value: 'iam.amazonaws.com' }],
    [{ key: 'ReadOnly', value: 'false' }],
    [{ key: 'Username', value: 'ad"min\0' }],
    [{ key: 'AccessKeyId', value: 'AKIAEXAMPLE' }],
    [{ key: 'ResourceType', value: 'AWS::IAM::Role' }],
    [{ key: 'ResourceName', value: 'orders' }],
  ] as const)('finds a call by %o, in its account and region alone', async (attribute) => {
    const wanted: Partial<TrailRecord> = {
      eventName: 'CreateRole',
      eventSource: 'iam.amazonaws.com',
      readOnly: false,
      userName: 'ad"min\0',
      accessKeyId: 'AKIAEXAMPLE',
      resources: [
        { type: 'AWS::IAM::Role', name: 'orders' },
        { type: 'AWS::IAM::Role', name: 'billing' },
      ],
    }
    await recordAll([
      entry(1, wanted),
      entry(2),
      entry(1, { ...wanted, account: OTHER }),
      entry(1, { ...wanted, region: 'eu-west-1' }),
      entry(1, { ...wanted, category: 'Data' }),
    ])
    expect((await ask({ attribute })).records).toEqual([entry(1, wanted)])
    expect(await idsOf({ attribute: { ...attribute, value: `${attribute.value}x` } })).toEqual([])
  })

  it('a value is found under its own attribute alone', async () => {
    await trail.record(entry(1, { userName: 'orders' }))
    expect(await idsOf({ attribute: { key: 'ResourceName', value: 'orders' } })).toEqual([])
  })

  it('bounds of time are within, to the millisecond', async () => {
    await recordAll(range(0, 5).map((number) => entry(number)))
    expect(await idsOf({ from: instant(START + 1), to: instant(START + 3) })).toEqual(['event-3', 'event-2', 'event-1'])
  })

  it('pages over many runs without losing or repeating, while more arrives', async () => {
    await recordAll(range(0, 700).map((number) => entry(number, number % 7 === 0 ? { userName: 'seventh' } : {})))
    expect(await countOf('trail_runs')).toBe(2)
    const attribute = { key: 'Username', value: 'seventh' } as const
    for (const more of [{}, { attribute }]) {
      const before = await idsOf({ ...more, limit: 10_000 })
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await ask({ limit: 23, ...more, ...(after === undefined ? {} : { after }) })
        seen.push(...page.records.map(({ eventId }) => eventId))
        after = page.next
        await recordAll(range(0, 20).map((number) => entry(1000 + seen.length * 100 + number, { userName: 'seventh' })))
      } while (after !== undefined)
      expect(seen).toEqual(before)
    }
  })

  it('the last page has no next one, also when it is full', async () => {
    await recordAll(range(0, 4).map((number) => entry(number)))
    const first = await ask({ limit: 2 })
    const second = await ask({ limit: 2, after: first.next! })
    expect(second.records.map(({ eventId }) => eventId)).toEqual(['event-1', 'event-0'])
    expect(second.next).toBeUndefined()
  })

  it.each([
    '',
    'x',
    '////',
    Buffer.from('trail/0').toString('base64url'),
    Buffer.from('trail/1 or 1').toString('base64url'),
  ])('nothing follows the mark `%s`', async (after) => {
    await trail.record(entry(1))
    expect(await ask({ after })).toEqual({ records: [] })
  })

  it('calls that ran side by side are told as they began', async () => {
    await trail.record(entry(5))
    await trail.record(entry(3))
    expect(await idsOf()).toEqual(['event-5', 'event-3'])
  })

  it('a record of the same id twice is kept twice: nothing is ever replaced', async () => {
    await trail.record(entry(1))
    await trail.record(entry(1, { eventName: 'Another' }))
    expect(await idsOf()).toHaveLength(2)
  })

  it('answers nothing older than 90 days, and sweeps it out run by run', async () => {
    await recordAll(range(0, 256).map((number) => entry(number)))
    await trail.record(entry(300))
    expect(await countOf('trail_events')).toBe(257)
    clock.set(START + 90 * DAY + 256)
    expect(await idsOf()).toEqual(['event-300'])
    const later = (number: number) => entry(number, { time: instant(START + 90 * DAY + number) })
    await recordAll(range(1000, 1256).map(later))
    expect(await idsOf({ limit: 1000 })).toEqual(
      [...range(1000, 1256).map((n) => `event-${n}`), 'event-300'].toSorted(byNumber),
    )
    expect([await countOf('trail_events'), await countOf('trail_runs')]).toEqual([257, 1])
  })

  it('a list has every record of the account, data and all regions too, newest first and page by page', async () => {
    for (const number of range(0, 700))
      await trail.record(
        entry(number, {
          ...(number % 2 === 0 ? { category: 'Data', region: 'eu-west-1' } : {}),
          ...(number % 3 === 0 ? { account: OTHER } : {}),
        }),
      )
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await trail.list({
        account: ACCOUNT,
        from: instant(START + 100),
        limit: 60,
        ...(after === undefined ? {} : { after }),
      })
      expect(page.records.length).toBeLessThanOrEqual(60)
      seen.push(...page.records.map(({ eventId }) => eventId))
      after = page.next
    } while (after !== undefined)
    const wanted = range(100, 700).filter((number) => number % 3 !== 0)
    expect(seen).toEqual(wanted.toReversed().map((number) => `event-${number}`))
  })

  it('a record of data is kept, but not answered', async () => {
    await trail.record(entry(1, { category: 'Data' }))
    expect(await idsOf()).toEqual([])
    expect(await countOf('trail_events')).toBe(1)
  })
})

const byNumber = (a: string, b: string) => Number(b.slice(6)) - Number(a.slice(6))

describe('a row that belongs to a record', () => {
  interface Denials {
    denials: { id: string }
  }
  const denials = async () =>
    (await store.room<Denials>().selectFrom('denials').select('id').execute()).map(({ id }) => id)
  const extra = (id: string) => ({ table: 'denials', row: { id } })
  beforeEach(() =>
    store.migrate([
      {
        name: 'denials-0001-x',
        up: (db) =>
          db.schema
            .createTable('denials')
            .addColumn('id', 'text', (column) => column.primaryKey())
            .execute(),
      },
    ]),
  )

  it('is there when the record is', async () => {
    await trail.record(entry(1), extra('d-1'))
    expect([await idsOf(), await denials()]).toEqual([['event-1'], ['d-1']])
  })

  it('that cannot be written takes its record with it, and no other', async () => {
    await trail.record(entry(1), extra('d-1'))
    const outcomes = await Promise.allSettled([
      trail.record(entry(2), extra('d-2')),
      trail.record(entry(3), extra('d-1')),
      trail.record(entry(4)),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await idsOf()).toEqual(['event-4', 'event-2', 'event-1'])
    expect(await denials()).toEqual(['d-1', 'd-2'])
  })
})

describe('a trail on disk', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'openirsa-trail-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  const reopen = async () => {
    await store.close()
    store = await openSqliteStore(join(directory, 'store.sqlite'))
    trail = createTrail({ store, clock })
  }

  it('goes on where it ended, whatever the clock says, and finds what was before', async () => {
    await reopen()
    await recordAll(range(0, 300).map((number) => entry(number)))
    await trail.record(entry(300))
    await reopen()
    // As if the clock had been set back by an hour.
    await recordAll(range(0, 300).map((number) => entry(1000 + number, { time: instant(START - 3600_000 + number) })))
    await reopen()
    const all = await ask({ limit: 1000 })
    expect(all.records).toHaveLength(601)
    expect(await idsOf({ attribute: { key: 'EventId', value: 'event-300' } })).toEqual(['event-300'])
    expect(await idsOf({ attribute: { key: 'EventId', value: 'event-1299' } })).toEqual(['event-1299'])
    expect(await idsOf({ limit: 1000, to: instant(START - 1) })).toHaveLength(300)
    expect(await countOf('trail_runs')).toBe(2)
  })

  it('a record that cannot be written is refused to its caller', async () => {
    await reopen()
    await trail.record(entry(1))
    await store.close()
    await expect(trail.record(entry(2))).rejects.toThrow()
  })
})

describe('a table of contents', () => {
  it('has every name that was put, and hardly another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(0xffffffff), { maxLength: 300 }), fc.nat(0xffffffff), (names, other) => {
        const bytes = renderNames(new Set(names))
        expect(names.every((name) => hasName(bytes, name))).toBe(true)
        expect(hasName(bytes, other)).toBe(names.includes(other))
      }),
    )
  })

  it('every attribute of a record is a name of it', () => {
    const record = entry(1, { userName: 'u', accessKeyId: 'k', resources: [{ type: 't', name: 'n' }] })
    expect(new Set(namesOf(record)).size).toBe(9)
    expect(namesOf(record)).toContain(nameOf({ ...record, attribute: { key: 'ResourceName', value: 'n' } }))
    expect(namesOf({ ...record, category: 'Data' })).toEqual([])
  })

  it('a value with the number of another one is not mistaken for it', async () => {
    // Found by trying: both end in one FNV-1a of 32 bits.
    const [one, two] = collision()
    await trail.record(entry(1, { userName: one }))
    const numbers = [one, two].map((value) =>
      nameOf({ account: ACCOUNT, region: 'us-east-1', attribute: { key: 'Username', value } }),
    )
    expect(numbers[0]).toBe(numbers[1])
    expect(await idsOf({ attribute: { key: 'Username', value: two } })).toEqual([])
    expect(await idsOf({ attribute: { key: 'Username', value: one } })).toEqual(['event-1'])
  })
})

function collision(): [string, string] {
  const seen = new Map<number, string>()
  for (let at = 0; ; at += 1) {
    const value = `user-${(at * 2654435761) % 4294967296}-${at}`
    const number = nameOf({ account: ACCOUNT, region: 'us-east-1', attribute: { key: 'Username', value } })
    const other = seen.get(number)
    if (other !== undefined) return [other, value]
    seen.set(number, value)
  }
}
