import type { Instant } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import { listObjects } from './list.ts'
import type {
  Change,
  Follower,
  FollowOptions,
  FollowState,
  KubeFailure,
  KubeHost,
  KubeObject,
  KubeResource,
  WatchEvent,
} from './model.ts'
import type { Transport } from './transport.ts'
import { watchObjects } from './watch.ts'

export interface FollowParts extends Pick<KubeHost, 'clock' | 'randomness' | 'log'> {
  readonly transport: Transport
}

/** A list kept up to date: list, watch from there, and again from where the stream broke; from the start when that is too old. */
export function followObjects<Kept>(
  resource: KubeResource,
  options: FollowOptions<Kept>,
  parts: FollowParts,
): Follower<Kept> {
  const controller = new AbortController()
  const first = createLatch()
  const following: Following<Kept> = {
    resource,
    options,
    parts,
    signal: controller.signal,
    values: new Map(),
    state: { kind: 'starting' },
    resourceVersion: undefined,
    failures: 0,
    gones: 0,
    onFirst: first.open,
  }
  const done = run(following)
  return {
    values: following.values,
    state: () => following.state,
    synced: () => first.promise,
    close: async () => {
      controller.abort(new KubeError('timed-out', 'the follower was closed'))
      first.give(new KubeError('timed-out', 'the follower was closed before it had a whole list'))
      await done
    },
  }
}

/** A promise with its ends in hand; the first word counts. */
function createLatch(): { readonly promise: Promise<void>; open(): void; give(failure: Error): void } {
  let open = (): void => undefined
  let give: (failure: Error) => void = () => undefined
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve
    give = reject
  })
  // Nobody has to wait for it.
  promise.catch(() => undefined)
  return { promise, open: () => open(), give: (failure) => give(failure) }
}

interface Following<Kept> {
  readonly resource: KubeResource
  readonly options: FollowOptions<Kept>
  readonly parts: FollowParts
  readonly signal: AbortSignal
  readonly values: Map<string, Kept>
  readonly onFirst: () => void
  state: FollowState
  /** From where the watch goes on; undefined: a list is needed first. */
  resourceVersion: string | undefined
  /** In a row; decide on the pause before the next attempt. */
  failures: number
  /** Of those, how often in a row what was known was too old. */
  gones: number
}

async function run<Kept>(following: Following<Kept>): Promise<void> {
  while (!following.signal.aborted) {
    try {
      await turn(following)
    } catch (failure) {
      if (!following.signal.aborted) await noteFailure(following, failure)
    }
  }
  changeState(following, { kind: 'closed' })
}

/** An API server says that a resource version is too old by an answer, or by the first event of a stream that it began. */
const FIRST_EVENT_MILLISECONDS = 250

/** One list, when it is needed, and one stream to its end. */
async function turn<Kept>(following: Following<Kept>): Promise<void> {
  const { resource, options, parts, signal } = following
  const isNew = following.resourceVersion === undefined
  if (isNew) await takeList(following)
  const settle = createSettling(() => changeToSynced(following), isNew ? 0 : FIRST_EVENT_MILLISECONDS)
  const stream = watchObjects(parts.transport, resource, {
    ...options,
    resourceVersion: following.resourceVersion ?? '',
    signal,
    randomness: parts.randomness,
    onOpen: settle.begin,
  })
  let count = 0
  try {
    for await (const event of stream) {
      settle.now()
      take(following, event)
      count += 1
      following.failures = 0
      following.gones = 0
    }
  } finally {
    settle.stop()
  }
  // A stream that ends at once, again and again, must not become a loop without a pause.
  if (count === 0) following.failures += 1
  if (following.failures > 1) await pause(following)
}

/** Says once that the stream is there: after that time, or with its first event. */
function createSettling(say: () => void, milliseconds: number): { begin(): void; now(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  return {
    begin: () => {
      if (milliseconds === 0) say()
      else timer = setTimeout(say, milliseconds)
    },
    now: () => {
      clearTimeout(timer)
      say()
    },
    stop: () => clearTimeout(timer),
  }
}

async function takeList<Kept>(following: Following<Kept>): Promise<void> {
  const { resource, options, parts, signal, values } = following
  const { items, resourceVersion } = await listObjects<readonly [string, Kept]>(parts.transport, resource, {
    ...options,
    signal,
    keep: (object) => {
      const kept = keepOf(following, object)
      return kept === undefined ? undefined : [keyOf(object), kept]
    },
  })
  const listed = new Map(items)
  for (const key of [...values.keys()]) if (!listed.has(key)) change(following, key, undefined)
  for (const [key, kept] of listed) change(following, key, kept)
  following.resourceVersion = resourceVersion
  following.onFirst()
}

function take<Kept>(following: Following<Kept>, { kind, object }: WatchEvent): void {
  const { resourceVersion } = object.metadata
  if (kind !== 'bookmark') change(following, keyOf(object), kind === 'deleted' ? undefined : keepOf(following, object))
  if (resourceVersion !== undefined) following.resourceVersion = resourceVersion
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** What a caller's own function throws does not end the following. */
function keepOf<Kept>({ options, parts, resource }: Following<Kept>, object: KubeObject): Kept | undefined {
  try {
    return options.keep(object)
  } catch (failure) {
    parts.log.error({ resource: resource.plural, failure }, 'an object could not be read')
    return undefined
  }
}

function change<Kept>({ values, options, parts, resource }: Following<Kept>, key: string, now: Kept | undefined): void {
  const before = values.get(key)
  if (before === undefined && now === undefined) return
  if (before !== undefined && now !== undefined && (options.isSame ?? Object.is)(before, now)) return
  if (now === undefined) values.delete(key)
  else values.set(key, now)
  const told: Change<Kept> = {
    key,
    ...(before === undefined ? {} : { before }),
    ...(now === undefined ? {} : { now }),
  }
  try {
    options.onChange?.(told)
  } catch (failure) {
    parts.log.error({ resource: resource.plural, failure }, 'a change could not be taken')
  }
}

function changeToSynced<Kept>(following: Following<Kept>): void {
  const { state, parts, resource, values } = following
  if (state.kind === 'synced') return
  parts.log.info({ resource: resource.plural, objects: values.size }, 'objects are followed')
  changeState(following, { kind: 'synced', since: parts.clock.now() })
}

function changeState<Kept>(following: Following<Kept>, state: FollowState): void {
  following.state = state
  following.options.onState?.(state)
}

/** Streams that break are opened anew from where they were so often; then from a new list. */
const MOST_RESUMES = 5

async function noteFailure<Kept>(following: Following<Kept>, failure: unknown): Promise<void> {
  const { parts, resource, state } = following
  const { reason, message }: KubeFailure =
    failure instanceof KubeError ? failure : { reason: 'malformed', message: String(failure) }
  following.failures += 1
  if (reason === 'gone') {
    following.gones += 1
    following.failures = following.gones
  }
  if (reason === 'gone' || reason === 'malformed' || following.failures > MOST_RESUMES)
    following.resourceVersion = undefined
  const now = parts.clock.now()
  // What is too old is listed again at once: that is the course of things, and no reason for alarm.
  if (reason === 'gone' && following.gones === 1) return
  if (state.kind === 'synced')
    parts.log.warn({ resource: resource.plural, reason, message }, 'objects cannot be followed; what is known stays')
  changeState(following, stateAfter(state, { reason, message }, now))
  await pause(following)
}

function stateAfter(state: FollowState, failure: KubeFailure, now: Instant): FollowState {
  if (state.kind === 'starting') return { kind: 'starting', failure }
  return { kind: 'stale', since: state.kind === 'stale' ? state.since : now, failure }
}

const FIRST_PAUSE_MILLISECONDS = 250

/** Doubled each time up to the limit, and a chance of up to a half off, so that many followers do not come back together. */
function pause<Kept>({ failures, parts, signal }: Following<Kept>): Promise<void> {
  const longest = parts.transport.limits.backoffMilliseconds
  const [chance = 0] = parts.randomness.bytes(1)
  const milliseconds = Math.min(longest, FIRST_PAUSE_MILLISECONDS * 2 ** Math.min(failures, 20)) * (1 - chance / 512)
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })
}
