import { resolve } from 'node:path'
import {
  type IssuerState,
  type KeyStore,
  openKeyStore,
  recordPublication,
  renderIssuerDocuments,
} from '../../cluster/key-store/index.ts'
import {
  checkDocuments,
  createDirectoryPublisher,
  createS3Publisher,
  type Publisher,
  type PublishOutcome,
  parseS3Target,
  publishDocuments,
} from '../../cluster/publish/index.ts'
import { ConfigError } from '../../core/index.ts'
import { createObjectStore } from '../../io/object-store/index.ts'
import type { IssuerHost } from './model.ts'

export interface PublishOptions {
  readonly directory: string
  /** `dir:PATH`, `s3://BUCKET/PREFIX`; none: wherever it was published before. */
  readonly to: readonly string[]
}

/**
 * Publishes what the directory holds, and notes when which key was first read back where.
 * @throws ForeignKeyError, PublishError; ConfigError when there is no place to publish to
 */
export async function publishIssuer(
  { directory, to }: PublishOptions,
  host: IssuerHost,
): Promise<readonly PublishOutcome[]> {
  const store = openKeyStore(resolve(directory))
  const state = await store.read()
  const targets = to.length > 0 ? to : recordedTargets(state)
  if (targets.length === 0) {
    throw new ConfigError('the issuer was never published, and there is no --to', {
      hint: 'give --to dir:PATH or --to s3://BUCKET/PREFIX, or serve it with `openirsa serve issuer --https`',
    })
  }
  const publishers = await Promise.all(targets.map(createPublisher))
  const outcomes: PublishOutcome[] = []
  for (const publisher of publishers) outcomes.push(await publishTo(publisher, store, host))
  return outcomes
}

/**
 * Waits no more for a place that is gone: a key may sign without being read there.
 * @throws ConfigError when the issuer was never published there
 */
export async function forgetTarget(directory: string, target: string): Promise<void> {
  await openKeyStore(resolve(directory)).update((state) => {
    const publications = state.publications.filter((each) => each.target !== target)
    if (publications.length < state.publications.length) return { ...state, publications }
    throw new ConfigError(`the issuer was never published to \`${target.slice(0, 200)}\``, {
      hint: '`openirsa keys list` names the places',
    })
  })
}

/** Publishes the present state to one place and notes it. */
export async function publishTo(publisher: Publisher, store: KeyStore, { clock }: IssuerHost): Promise<PublishOutcome> {
  const state = await store.read()
  const documents = renderIssuerDocuments(state)
  checkDocuments(documents, state.issuer)
  const knownKeyIds = new Set([...state.keys, ...state.retired].map(({ keyId }) => keyId))
  const outcome = await publishDocuments(publisher, { issuer: state.issuer, documents, knownKeyIds })
  const { target, keyIds } = outcome
  const { maxAgeSeconds } = state.times
  await store.update((now) => recordUnlessSame(now, { target, keyIds, maxAgeSeconds }, clock))
  return outcome
}

function recordUnlessSame(
  state: IssuerState,
  seen: Parameters<typeof recordPublication>[1],
  clock: IssuerHost['clock'],
) {
  const before = state.publications.find(({ target }) => target === seen.target)
  const isSame =
    before !== undefined && before.since.size === seen.keyIds.length && seen.keyIds.every((id) => before.since.has(id))
  return isSame && before.maxAgeSeconds >= seen.maxAgeSeconds ? state : recordPublication(state, seen, clock.now())
}

/** Places that we reach by ourselves; a server of one's own publishes when it sees the change. */
export function recordedTargets({ publications }: Pick<IssuerState, 'publications'>): readonly string[] {
  return publications.map(({ target }) => target).filter((target) => !target.startsWith('https://'))
}

async function createPublisher(target: string): Promise<Publisher> {
  if (target.startsWith('dir:') && target.length > 'dir:'.length)
    return createDirectoryPublisher(resolve(target.slice('dir:'.length)))
  const place = parseS3Target(target)
  if (place !== undefined) return createS3Publisher(place, await createObjectStore())
  throw new ConfigError(`--to: expected dir:PATH or s3://BUCKET/PREFIX, found \`${target.slice(0, 200)}\``, {
    hint: 'an HTTPS server of your own is `openirsa serve issuer --https`',
  })
}
