import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Instant, instant } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../io/store/index.ts'
import { type LastUses, openLastUses } from './last-uses.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const session = { kind: 'assumed-role', role: { uniqueId: 'AROAEXAMPLE' } } as const
const user = { kind: 'iam-user', accessKeyId: 'AKIAEXAMPLE' } as const
const clock = fixedClock(START)
const warnings: unknown[] = []
const log = { warn: (fields: unknown) => void warnings.push(fields) }

let store: Store
let uses: LastUses
/** Transactions so far. */
let commits = 0

beforeEach(async () => {
  clock.set(START)
  warnings.length = 0
  const opened = await openSqliteStore(':memory:')
  store = {
    ...opened,
    transaction: (work) => {
      commits += 1
      return opened.transaction(work)
    },
  }
  uses = await openLastUses({ store, clock, log })
  commits = 0
  return () => opened.close()
})
afterEach(() => void vi.useRealTimers())

const s3 = (time: Instant = clock.now(), region = 'us-east-1') => ({ time, region, service: 's3' })
const reopened = () => openLastUses({ store, clock, log })

describe('the last use', () => {
  it('of a role is that of its sessions, of a user that of its access key; tokens and strangers use nothing', () => {
    uses.note(session, s3())
    uses.note(user, { time: clock.now(), region: 'eu-west-1', service: 'iam' })
    uses.note({ kind: 'anonymous' }, s3())
    uses.note({ kind: 'web-identity' }, s3())
    expect(uses.find('AROAEXAMPLE')).toEqual({ at: START, region: 'us-east-1', service: 's3' })
    expect(uses.find('AKIAEXAMPLE')).toEqual({ at: START, region: 'eu-west-1', service: 'iam' })
    expect(uses.find('AROAOTHER')).toBeUndefined()
  })

  it('is the newest one, in whatever order calls are told', () => {
    uses.note(session, s3(instant(START + 5_000), 'eu-west-1'))
    uses.note(session, s3(instant(START + 1_000)))
    expect(uses.find('AROAEXAMPLE')).toMatchObject({ at: START + 5_000, region: 'eu-west-1' })
  })

  it('outlives the process, once it is written', async () => {
    uses.note(session, s3())
    expect((await reopened()).find('AROAEXAMPLE')).toBeUndefined()
    await uses.close()
    expect((await reopened()).find('AROAEXAMPLE')).toEqual({ at: START, region: 'us-east-1', service: 's3' })
  })

  it('is not told any more when 400 days have gone by, and its row goes with the next that is written', async () => {
    uses.note(session, s3())
    await uses.flush()
    clock.advanceSeconds(401 * 24 * 3600)
    expect(uses.find('AROAEXAMPLE')).toBeUndefined()
    uses.note(user, s3())
    await uses.flush()
    const rows = await store
      .room<{ iam_last_uses: { id: string } }>()
      .selectFrom('iam_last_uses')
      .select('id')
      .execute()
    expect(rows).toEqual([{ id: 'AKIAEXAMPLE' }])
  })
})

describe('writing', () => {
  it('waits a minute and takes all in one commit, however many calls there were', async () => {
    vi.useFakeTimers()
    for (let call = 0; call < 10_000; call += 1) {
      clock.advanceSeconds(0.001)
      uses.note(session, s3())
      uses.note(user, s3())
    }
    await vi.advanceTimersByTimeAsync(59_000)
    expect(commits).toBe(0)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(commits).toBe(1)
    await uses.flush()
    expect(commits).toBe(1)
  })

  it('is tried again when it fails, and says so in the log', async () => {
    vi.useFakeTimers()
    const failing = await openLastUses({
      store: { ...store, transaction: () => Promise.reject(new Error('disk full')) },
      clock,
      log,
    })
    failing.note(session, s3())
    await vi.advanceTimersByTimeAsync(61_000)
    expect(warnings).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(61_000)
    expect(warnings).toHaveLength(2)
    expect(failing.find('AROAEXAMPLE')).toMatchObject({ at: START })
  })

  it('does not lose a use that comes while it is under way', async () => {
    uses.note(session, s3())
    const writing = uses.flush()
    await Promise.resolve()
    uses.note(session, s3(instant(START + 9_000)))
    await writing
    await uses.flush()
    expect((await reopened()).find('AROAEXAMPLE')).toMatchObject({ at: START + 9_000 })
  })
})
