import type { Instant } from '../../core/index.ts'
import { RotationRefused } from './errors.ts'
import { activationGates, type Gate, publishedGate, retirementGates } from './gates.ts'
import type { IssuerState, Publication, SignerReport, StoredKey } from './model.ts'

/** What a rotation does next. */
export type RotationStep =
  /** There is no key to come: one is made. */
  | { readonly kind: 'add' }
  /** The next key may not sign yet. */
  | { readonly kind: 'wait'; readonly key: StoredKey; readonly gates: readonly Gate[] }
  /** The next key becomes the active one. */
  | { readonly kind: 'activate'; readonly key: StoredKey; readonly gates: readonly Gate[] }

export interface Observed {
  readonly reports: readonly SignerReport[]
  readonly now: Instant
}

/** The step that is due. Each is whole by itself: whoever was interrupted asks again, and goes on from there. */
export function planRotation(state: IssuerState, observed: Observed): RotationStep {
  const key = findNext(state)
  if (key === undefined) return { kind: 'add' }
  const gates = activationGates(state, key, observed)
  return { kind: gates.every(({ isOpen }) => isOpen) ? 'activate' : 'wait', key, gates }
}

export const findNext = (state: IssuerState): StoredKey | undefined =>
  state.keys.find(({ state: part }) => part === 'next')

export const findActive = (state: IssuerState): StoredKey | undefined =>
  state.keys.find(({ state: part }) => part === 'active')

/** @throws RotationRefused when there is a next key already */
export function addNextKey(state: IssuerState, key: StoredKey): IssuerState {
  const next = findNext(state)
  if (next !== undefined) throw new RotationRefused(`there is a next key already: \`${next.keyId}\``)
  return { ...state, keys: [...state.keys, { ...key, state: 'next' }], changedAt: key.madeAt }
}

/**
 * The next key signs from now on, the active one no more.
 * @param force goes past caches and signers that do not know the key; never past its publication
 * @throws RotationRefused while a gate is closed
 */
export function activateNextKey(
  state: IssuerState,
  observed: Observed,
  { force }: { readonly force: boolean },
): IssuerState {
  const next = findNext(state)
  if (next === undefined)
    throw new RotationRefused('there is no next key', { hint: '`openirsa keys rotate` makes one' })
  const gates = force ? [publishedGate(state, next)] : activationGates(state, next, observed)
  const closed = gates.filter(({ isOpen }) => !isOpen)
  if (closed.length > 0)
    throw new RotationRefused(`\`${next.keyId}\` may not sign yet: ${closed.map(({ because }) => because).join('; ')}`)
  const { now } = observed
  return { ...state, keys: state.keys.map((key) => moved(key, next, now)), changedAt: now }
}

function moved(key: StoredKey, next: StoredKey, now: Instant): StoredKey {
  if (key === next) return { ...key, state: 'active', activatedAt: now }
  return key.state === 'active' ? { ...key, state: 'retiring', retiringSince: now } : key
}

/** Retired keys that are remembered. */
const MOST_RETIRED = 200

/**
 * The key is gone: nothing that it signed is believed any more.
 * @param force goes past living tokens; never past the active key
 * @throws RotationRefused while a gate is closed, or there is no such key
 */
export function retireKey(
  state: IssuerState,
  keyId: string,
  { reports, now, force }: Observed & { readonly force: boolean },
): IssuerState {
  const key = state.keys.find((each) => each.keyId === keyId)
  if (key === undefined) throw new RotationRefused(`there is no key \`${keyId.slice(0, 60)}\``)
  if (key.state === 'active')
    throw new RotationRefused('the active key cannot be retired', {
      hint: '`openirsa keys rotate` brings another first',
    })
  const closed = retirementGates(state, key, { reports, now }).filter(({ isOpen }) => !isOpen)
  if (!force && closed.length > 0)
    throw new RotationRefused(`\`${keyId}\` may not go yet: ${closed.map(({ because }) => because).join('; ')}`)
  return {
    ...state,
    keys: state.keys.filter((each) => each !== key),
    retired: [...state.retired, { keyId, retiredAt: now }].slice(-MOST_RETIRED),
    changedAt: now,
  }
}

/** Notes that these keys, and no others, can be read at the target. A key keeps the time at which it was first seen there. */
export function recordPublication(
  state: IssuerState,
  seen: {
    readonly target: string
    readonly keyIds: readonly string[]
    readonly maxAgeSeconds: Publication['maxAgeSeconds']
  },
  now: Instant,
): IssuerState {
  const { target, keyIds, maxAgeSeconds } = seen
  const before = state.publications.find((each) => each.target === target)
  const publication: Publication = {
    target,
    publishedAt: now,
    maxAgeSeconds: before === undefined || before.maxAgeSeconds < maxAgeSeconds ? maxAgeSeconds : before.maxAgeSeconds,
    since: new Map(keyIds.map((keyId) => [keyId, before?.since.get(keyId) ?? now])),
  }
  return { ...state, publications: [...state.publications.filter((each) => each.target !== target), publication] }
}

/** Keys of the JWKS: everything of this issuer. */
export function publishableKeys({ keys }: Pick<IssuerState, 'keys'>): readonly StoredKey[] {
  return keys.filter(({ isOfAnotherIssuer }) => isOfAnotherIssuer !== true)
}
