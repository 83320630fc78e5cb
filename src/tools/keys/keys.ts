import { resolve } from 'node:path'
import { generateSigningKey } from '../../cluster/issuer/index.ts'
import {
  activateNextKey,
  activationGates,
  addNextKey,
  findActive,
  type Gate,
  type IssuerState,
  type KeyStore,
  openKeyStore,
  opensAt,
  planRotation,
  publishableKeys,
  type RotationStep,
  refuseEarlyClock,
  retireKey,
  retirementGates,
  type SignerReport,
  type StoredKey,
} from '../../cluster/key-store/index.ts'
import type { Clock, Instant } from '../../core/index.ts'
import { publishIssuer, recordedTargets } from '../issuer/index.ts'
import { forgetSigner, noteRestart } from './reports.ts'

export interface KeysHost {
  readonly clock: Clock
}

/** A key and both of its times, as far as the clock can tell them. */
export interface ListedKey {
  readonly keyId: string
  readonly algorithm: StoredKey['algorithm']
  readonly state: StoredKey['state']
  readonly origin: StoredKey['origin']
  readonly madeAt: Instant
  readonly isPublished: boolean
  /** When it signs, or may sign; undefined while somebody has to do something first, or for one that signs no more. */
  readonly signsFrom: Instant | undefined
  /** When it may go; undefined while it signs. */
  readonly retiresAt: Instant | undefined
  /** Gates of its next step that are closed. */
  readonly waitsFor: readonly Gate[]
}

export interface KeyList {
  readonly issuer: string
  readonly mode: IssuerState['mode']
  readonly keys: readonly ListedKey[]
  readonly publications: IssuerState['publications']
  readonly reports: readonly SignerReport[]
}

/** Every key with its state, since when or from when it signs, and when it may go. */
export async function listKeys(directory: string, { clock }: KeysHost): Promise<KeyList> {
  const store = openKeyStore(resolve(directory))
  const [state, reports] = await Promise.all([store.read(), store.readReports()])
  const { issuer, mode, publications } = state
  const now = clock.now()
  return { issuer, mode, keys: state.keys.map((key) => listed(state, key, { reports, now })), publications, reports }
}

type Observed = Parameters<typeof planRotation>[1]

function listed(state: IssuerState, key: StoredKey, observed: Observed): ListedKey {
  const { keyId, algorithm, state: part, origin, madeAt } = key
  const coming = part === 'next' ? activationGates(state, key, observed) : []
  const going = part === 'retiring' ? retirementGates(state, key, observed) : []
  return {
    keyId,
    algorithm,
    state: part,
    origin,
    madeAt,
    isPublished: state.publications.length > 0 && state.publications.every(({ since }) => since.has(keyId)),
    signsFrom: part === 'next' ? opensAt(coming) : part === 'active' ? key.activatedAt : undefined,
    retiresAt: part === 'retiring' ? opensAt(going) : undefined,
    waitsFor: [...coming, ...going].filter(({ isOpen }) => !isOpen),
  }
}

export interface RotateOptions {
  readonly directory: string
  /** Activates the next key although caches or signers may not know it yet. */
  readonly force: boolean
  readonly dryRun: boolean
  /** Files mode: every kube-apiserver was restarted with the files as they are. */
  readonly restarted: boolean
  /** A signer that is gone for good, and is waited for no more. */
  readonly forgetSigner?: string
}

export interface RotateOutcome {
  /** `noted`: what was said is kept, and there was no rotation to go on with. */
  readonly step: RotationStep['kind'] | 'noted'
  /** The key that was made, waits, or signs from now on. */
  readonly keyId: string | undefined
  /** With `wait`: what is closed. With `activate` by force: what was gone past. */
  readonly closed: readonly Gate[]
  readonly opensAt: Instant | undefined
  /** Where the JWKS was renewed. */
  readonly published: readonly string[]
  readonly mode: IssuerState['mode']
}

/**
 * Does the one step of a rotation that is due: makes the next key and publishes it, or activates it. Each step is whole; whoever was
 * interrupted runs it again.
 * @throws RotationRefused for a key that is not published, also by force
 */
export async function rotateKeys(options: RotateOptions, host: KeysHost): Promise<RotateOutcome> {
  const store = openKeyStore(resolve(options.directory))
  const state = await store.read()
  refuseEarlyClock(state, host.clock.now())
  if (options.forgetSigner !== undefined) await forgetSigner(store, options.forgetSigner)
  if (options.restarted) await noteRestart(store, state, host.clock.now())
  // What an earlier run could not publish any more.
  const published = options.dryRun ? [] : await republish(store, host)
  const step = planRotation(await store.read(), { reports: await store.readReports(), now: host.clock.now() })
  const outcome = {
    mode: state.mode,
    published,
    closed: closedOf(step),
    opensAt: step.kind === 'wait' ? opensAt(step.gates) : undefined,
  }
  if (options.dryRun) return { ...outcome, step: step.kind, keyId: keyOf(step) }
  // Who says something of the rotation before does not ask for another one.
  const isNote = options.restarted || options.forgetSigner !== undefined
  if (step.kind === 'add' && isNote) return { ...outcome, step: 'noted', keyId: undefined }
  if (step.kind === 'add') return { ...outcome, ...(await add(store, host)) }
  if (step.kind === 'wait' && !options.force) return { ...outcome, step: 'wait', keyId: step.key.keyId }
  await store.update(async (now) =>
    activateNextKey(now, { reports: await store.readReports(), now: host.clock.now() }, options),
  )
  return { ...outcome, step: 'activate', keyId: step.key.keyId }
}

const closedOf = (step: RotationStep): readonly Gate[] =>
  step.kind === 'add' ? [] : step.gates.filter(({ isOpen }) => !isOpen)
const keyOf = (step: RotationStep): string | undefined => (step.kind === 'add' ? undefined : step.key.keyId)

async function add(store: KeyStore, host: KeysHost): Promise<Pick<RotateOutcome, 'step' | 'keyId' | 'published'>> {
  let keyId: string | undefined
  await store.update(async (state) => {
    const key = generateSigningKey(state.keyAlgorithm)
    keyId = key.keyId
    await store.writeSigningKey(key)
    const { algorithm, publicKey } = key
    return addNextKey(state, { keyId, algorithm, publicKey, state: 'next', origin: 'made', madeAt: host.clock.now() })
  })
  return { step: 'add', keyId, published: await republish(store, host) }
}

/** Brings every place that we reach up to date; nothing is written where nothing has changed. */
async function republish(store: KeyStore, host: KeysHost): Promise<readonly string[]> {
  const state = await store.read()
  const wanted = new Set(publishableKeys(state).map(({ keyId }) => keyId))
  const isStale = ({ since }: IssuerState['publications'][number]): boolean =>
    since.size !== wanted.size || [...since.keys()].some((keyId) => !wanted.has(keyId))
  const to = recordedTargets({ publications: state.publications.filter(isStale) })
  if (to.length === 0) return []
  return (await publishIssuer({ directory: store.directory, to }, host)).map(({ target }) => target)
}

export interface RetireOptions {
  readonly directory: string
  /** None: every key whose time has come. */
  readonly keyIds: readonly string[]
  readonly force: boolean
  readonly dryRun: boolean
}

export interface RetireOutcome {
  readonly retired: readonly string[]
  /** Those that may not go yet, and why. */
  readonly kept: readonly {
    readonly keyId: string
    readonly opensAt: Instant | undefined
    readonly closed: readonly Gate[]
  }[]
  readonly published: readonly string[]
}

/** Takes keys out of the JWKS and of the directory. @throws RotationRefused for the active key */
export async function retireKeys(options: RetireOptions, host: KeysHost): Promise<RetireOutcome> {
  const store = openKeyStore(resolve(options.directory))
  const state = await store.read()
  refuseEarlyClock(state, host.clock.now())
  const observed = { reports: await store.readReports(), now: host.clock.now() }
  const named =
    options.keyIds.length > 0
      ? options.keyIds
      : state.keys.filter(({ state: part }) => part === 'retiring').map(({ keyId }) => keyId)
  const retired: string[] = []
  const kept: RetireOutcome['kept'][number][] = []
  for (const keyId of named) {
    const key = state.keys.find((each) => each.keyId === keyId)
    const gates = key === undefined || key === findActive(state) ? [] : retirementGates(state, key, observed)
    const closed = gates.filter(({ isOpen }) => !isOpen)
    if (closed.length > 0 && !options.force) kept.push({ keyId, opensAt: opensAt(gates), closed })
    else if (options.dryRun) retired.push(keyId)
    else {
      await store.update((now) => retireKey(now, keyId, { ...observed, force: options.force }))
      retired.push(keyId)
    }
  }
  return { retired, kept, published: options.dryRun ? [] : await republish(store, host) }
}
