import { OpenirsaError, type Seconds } from '../../core/index.ts'
import type { ListAssociations } from '../../io/aws/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { Kube } from '../../io/kube/index.ts'
import { type IdentitiesMap, writeIdentities } from './identities-map.ts'

export interface PodIdentitiesParts {
  readonly kube: Kube
  readonly map: IdentitiesMap
  readonly list: ListAssociations
  /** Between two looks; after failures it grows up to five minutes. */
  readonly interval: Seconds
  readonly log: Log
}

export interface PodIdentities {
  /** Resolves after the first look, whatever came of it. */
  settled(): Promise<void>
  /** Ends the look at hand first. */
  close(): Promise<void>
}

const LONGEST_WAIT_SECONDS = 300

/**
 * Keeps the ConfigMap at what EKS lists, from now on. INVARIANT: what was listed last stays while EKS cannot be asked or is not
 * understood: an empty list is written only when EKS says that there are no associations.
 */
export function followPodIdentities(parts: PodIdentitiesParts): PodIdentities {
  const { log, map, interval } = parts
  const told = { failure: '' }
  let failures = 0
  let isClosed = false
  let wake: () => void = () => undefined
  const look = async (): Promise<void> => {
    const why = await writeNewest(parts)
    failures = why === undefined ? 0 : failures + 1
    if (why !== undefined && why !== told.failure)
      log.warn(
        { configMap: `${map.namespace}/${map.name}`, why },
        'the pod identities could not be written; what is there stays',
      )
    if (why === undefined && told.failure !== '') log.info({}, 'the pod identities can be written again')
    told.failure = why ?? ''
  }
  const first = look()
  const ended = first.then(async () => {
    while (!isClosed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitSeconds(interval, failures) * 1000)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (!isClosed) await look()
    }
  })
  return {
    settled: () => first,
    close: async () => {
      isClosed = true
      wake()
      await ended
    },
  }
}

/** Twice as long after each failure; never shorter than the interval. */
export function waitSeconds(interval: number, failures: number): number {
  return Math.max(interval, Math.min(interval * 2 ** failures, LONGEST_WAIT_SECONDS))
}

/** Why nothing could be written; undefined when the ConfigMap is as EKS says. */
async function writeNewest({ kube, map, list, log }: PodIdentitiesParts): Promise<string | undefined> {
  try {
    const identities = await list()
    const written = await writeIdentities(kube, map, identities)
    if (written.kind === 'foreign') return written.why
    const facts = { configMap: `${map.namespace}/${map.name}`, identities: identities.length }
    if (written.kind !== 'same') log.info(facts, 'the pod identities were written')
    return undefined
  } catch (failure) {
    if (failure instanceof OpenirsaError) return failure.message
    log.error({ failure }, 'the pod identities could not be looked at')
    return 'see the line before'
  }
}
