import { describe, expect, test } from 'vitest'
import { type Instant, instant, plusSeconds, seconds } from '../../core/index.ts'
import { parseIssuerUrl } from '../../standards/oidc/index.ts'
import { generateSigningKey } from '../issuer/index.ts'
import { RotationRefused } from './errors.ts'
import { activationGates, longestCache, opensAt, retirementGates } from './gates.ts'
import type { IssuerState, SignerReport, StoredKey } from './model.ts'
import {
  activateNextKey,
  addNextKey,
  findActive,
  findNext,
  planRotation,
  recordPublication,
  retireKey,
} from './rotation.ts'

const START = instant(Date.parse('2026-03-01T00:00:00Z'))
const later = (count: number): Instant => plusSeconds(START, seconds(count))
const HOUR = 3600
const DAY = 24 * HOUR
const TARGET = 's3://issuer'

function keyOf(state: StoredKey['state'], more: Partial<StoredKey> = {}): StoredKey {
  const { keyId, algorithm, publicKey } = generateSigningKey('ES256')
  return { keyId, algorithm, publicKey, state, origin: 'made', madeAt: START, ...more }
}

const [first, second] = [keyOf('active', { activatedAt: START }), keyOf('next')]

const fresh: IssuerState = {
  issuer: parseIssuerUrl('https://oidc.example.com'),
  jwksUri: 'https://oidc.example.com/keys.json',
  mode: 'signer',
  keyAlgorithm: 'ES256',
  times: {
    stsCacheSeconds: seconds(2 * HOUR),
    maxAgeSeconds: seconds(HOUR),
    refreshHintSeconds: seconds(300),
    maxTokenSeconds: seconds(DAY),
    existingTokenSeconds: seconds(365 * DAY),
  },
  keys: [first],
  retired: [],
  publications: [],
  changedAt: START,
}

const published = (state: IssuerState, at: Instant, target = TARGET): IssuerState =>
  recordPublication(state, { target, keyIds: state.keys.map(({ keyId }) => keyId), maxAgeSeconds: seconds(HOUR) }, at)

const report = (more: Partial<SignerReport> = {}): SignerReport => ({
  instance: 'a',
  reportedAt: START,
  askedAt: START,
  known: new Map(),
  signedUntil: new Map(),
  ...more,
})

const withNext = published(addNextKey(published(fresh, START), second), START)
const plan = (state: IssuerState, now: Instant, reports: readonly SignerReport[] = []) =>
  planRotation(state, { reports, now })

describe('a new key', () => {
  test('is made when there is none, and signs nothing', () => {
    expect(plan(fresh, START).kind).toBe('add')
    expect(findActive(withNext)?.keyId).toBe(first?.keyId)
    expect(findNext(withNext)?.keyId).toBe(second?.keyId)
  })

  test('is not made while another one waits', () => {
    expect(() => addNextKey(withNext, keyOf('next'))).toThrow(RotationRefused)
  })

  test('waits for its publication, and the clock alone never lets it sign', () => {
    const unpublished = addNextKey(published(fresh, START), second)
    const step = plan(unpublished, later(1000 * DAY))
    expect(step).toMatchObject({ kind: 'wait' })
    expect(step.kind === 'wait' && opensAt(step.gates)).toBeUndefined()
  })

  test.each([
    ['the stated cache of STS', { stsCacheSeconds: 5 * HOUR, maxAgeSeconds: HOUR, refreshHintSeconds: 60 }, 5 * HOUR],
    ['what is served', { stsCacheSeconds: 60, maxAgeSeconds: 3 * HOUR, refreshHintSeconds: 60 }, 3 * HOUR],
    ['the refresh hint', { stsCacheSeconds: 60, maxAgeSeconds: HOUR, refreshHintSeconds: 9 * HOUR }, 9 * HOUR],
  ])('waits for the longest cache: %s', (_, times, wanted) => {
    const state = { ...withNext, times: { ...withNext.times, ...times } } as IssuerState
    expect(longestCache(state)).toBe(wanted)
    expect(plan(state, later(wanted - 1)).kind).toBe('wait')
    expect(plan(state, later(wanted)).kind).toBe('activate')
  })

  test('waits for a life that a target once gave, although it gives a shorter one now', () => {
    const once = recordPublication(
      withNext,
      { target: TARGET, keyIds: [second?.keyId ?? ''], maxAgeSeconds: seconds(7 * HOUR) },
      START,
    )
    const now = recordPublication(
      once,
      { target: TARGET, keyIds: [second?.keyId ?? ''], maxAgeSeconds: seconds(60) },
      later(60),
    )
    expect(longestCache(now)).toBe(7 * HOUR)
  })

  test('waits for the place where it was published last', () => {
    const late = published(withNext, later(HOUR), 'dir:/srv')
    expect(plan(late, later(3 * HOUR - 1)).kind).toBe('wait')
    expect(plan(late, later(3 * HOUR)).kind).toBe('activate')
  })

  test('keeps the time of its first publication when it is published again', () => {
    expect(plan(published(withNext, later(HOUR)), later(2 * HOUR)).kind).toBe('activate')
  })

  test('waits for every signer, however long it has been published', () => {
    const knows = report({ known: new Map([[second?.keyId ?? '', START]]) })
    const doesNot = report({ instance: 'b' })
    const step = plan(withNext, later(DAY), [knows, doesNot])
    expect(step.kind === 'wait' && step.gates.filter(({ isOpen }) => !isOpen)).toMatchObject([
      { name: 'signers', opensAt: undefined },
    ])
    expect(plan(withNext, later(DAY), [knows, { ...knows, instance: 'b' }]).kind).toBe('activate')
  })

  test('waits for a hint after the last kube-apiserver learnt of it', () => {
    const late = report({ known: new Map([[second?.keyId ?? '', later(DAY)]]) })
    expect(plan(withNext, later(DAY + 299), [late]).kind).toBe('wait')
    expect(plan(withNext, later(DAY + 300), [late]).kind).toBe('activate')
  })

  test('with key files waits until somebody says that every kube-apiserver has read them', () => {
    const files: IssuerState = { ...withNext, mode: 'files' }
    expect(plan(files, later(100 * DAY)).kind).toBe('wait')
    expect(plan(files, later(DAY), [report({ known: new Map([[second?.keyId ?? '', START]]) })]).kind).toBe('activate')
  })

  test('is refused before its time, and let through by force', () => {
    const observed = { reports: [], now: later(1) }
    expect(() => activateNextKey(withNext, observed, { force: false })).toThrow('may not sign yet')
    expect(findActive(activateNextKey(withNext, observed, { force: true }))?.keyId).toBe(second?.keyId)
  })

  test('is not let through by force when it is not published', () => {
    const unpublished = addNextKey(published(fresh, START), second)
    expect(() => activateNextKey(unpublished, { reports: [], now: later(DAY) }, { force: true })).toThrow(
      'not published',
    )
  })
})

describe('the key before', () => {
  const rotated = activateNextKey(withNext, { reports: [], now: later(2 * HOUR) }, { force: false })
  const old = rotated.keys.find(({ keyId }) => keyId === first?.keyId) as StoredKey
  const gates = (now: Instant, reports: readonly SignerReport[] = [], state = rotated, key = old) =>
    retirementGates(state, key, { reports, now })
  const signing = report({ signsWith: second?.keyId ?? '', reportedAt: later(2 * HOUR) })

  test('is there, signs no more, and one key is active', () => {
    expect(rotated.keys.map(({ state }) => state)).toEqual(['retiring', 'active'])
    expect(old.retiringSince).toBe(later(2 * HOUR))
  })

  test('goes when the longest token that a signer made with it is dead, five minutes after its expiry', () => {
    const reports = [{ ...signing, signedUntil: new Map([[old.keyId, later(20 * HOUR)]]) }]
    expect(opensAt(gates(later(3 * HOUR), reports))).toBe(later(20 * HOUR + 300))
    expect(() => retireKey(rotated, old.keyId, { reports, now: later(20 * HOUR + 299), force: false })).toThrow(
      'still alive',
    )
    const gone = retireKey(rotated, old.keyId, { reports, now: later(20 * HOUR + 300), force: false })
    expect(gone.keys.map(({ keyId }) => keyId)).toEqual([second?.keyId])
    expect(gone.retired).toEqual([{ keyId: old.keyId, retiredAt: later(20 * HOUR + 300) }])
  })

  test('of several signers waits for the one whose tokens live longest', () => {
    const until = (instance: string, hours: number) => ({
      ...signing,
      instance,
      signedUntil: new Map([[old.keyId, later(hours * HOUR)]]),
    })
    expect(opensAt(gates(later(3 * HOUR), [until('a', 5), until('b', 9)]))).toBe(later(9 * HOUR + 300))
  })

  test('stays while a signer still signs with it, or has said nothing since', () => {
    expect(opensAt(gates(later(99 * DAY), [{ ...signing, signsWith: old.keyId }]))).toBeUndefined()
    expect(opensAt(gates(later(99 * DAY), [{ ...signing, reportedAt: later(HOUR) }]))).toBeUndefined()
  })

  test('stays for the longest token there can be when nobody says what it signed', () => {
    expect(opensAt(gates(later(3 * HOUR)))).toBe(later(2 * HOUR + DAY + 300))
  })

  test('keeps what a forgotten signer signed', () => {
    const kept = { ...old, signedUntil: later(30 * HOUR) }
    expect(opensAt(gates(later(3 * HOUR), [], rotated, kept))).toBe(later(30 * HOUR + 300))
  })

  test('goes by force before its time; the active key never does', () => {
    const observed = { reports: [], now: later(3 * HOUR), force: true }
    expect(retireKey(rotated, old.keyId, observed).keys).toHaveLength(1)
    expect(() => retireKey(rotated, second?.keyId ?? '', observed)).toThrow('the active key cannot be retired')
    expect(() => retireKey(rotated, 'nobody', observed)).toThrow('there is no key')
  })
})

describe("the cluster's own key", () => {
  const existing = keyOf('retiring', { origin: 'existing', retiringSince: START, isOfAnotherIssuer: true })
  const state: IssuerState = { ...fresh, keys: [first, existing] }
  const at = (reports: readonly SignerReport[]) =>
    opensAt(retirementGates(state, existing, { reports, now: later(HOUR) }))

  test('stays while kube-apiserver has not turned to us', () => {
    expect(at([])).toBeUndefined()
    const { askedAt: _, ...silent } = report()
    expect(at([silent])).toBeUndefined()
  })

  test('stays for a year after the last kube-apiserver turned to us: it signed tokens of that life', () => {
    expect(at([report(), report({ instance: 'b', askedAt: later(DAY) })])).toBe(later(DAY + 365 * DAY + 300))
  })

  test('is known to verifiers of ours by other means: it needs no publication', () => {
    expect(activationGates(published(state, START), existing, { reports: [], now: START })[0]?.isOpen).toBe(true)
  })
})
