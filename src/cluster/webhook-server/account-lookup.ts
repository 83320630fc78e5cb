import type { ServiceAccountRef } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { type Kube, KubeError, RESOURCES } from '../../io/kube/index.ts'
import type { ServiceAccountLookup } from '../webhook/index.ts'
import { annotationFilter } from './accounts.ts'
import type { LookupOutcome } from './metrics.ts'

/** Asks the API server about one service account. */
export interface AccountLookup {
  /** Never rejects, and takes no longer than its bound. All who ask about one account at a time share one question. */
  ask(ref: ServiceAccountRef): Promise<ServiceAccountLookup>
}

export interface AccountLookupParts {
  readonly kube: Pick<Kube, 'find'>
  readonly annotationDomain: string
  readonly boundMilliseconds: number
  readonly log: Log
  readonly onOutcome: (outcome: LookupOutcome) => void
}

/** Questions at a time; who comes when there are so many more waiting is told so at once. */
const MOST_AT_ONCE = 20
const MOST_WAITING = 1000

export function createAccountLookup(parts: AccountLookupParts): AccountLookup {
  const asked = new Map<string, Promise<ServiceAccountLookup>>()
  const gate = createGate(MOST_AT_ONCE, MOST_WAITING)
  const begin = async (ref: ServiceAccountRef): Promise<ServiceAccountLookup> => {
    const signal = AbortSignal.timeout(parts.boundMilliseconds)
    if (!(await gate.enter(signal))) {
      parts.onOutcome('crowded')
      return { outcome: 'unreadable', why: 'too many questions to the API server at a time' }
    }
    try {
      return await askOnce(parts, ref, signal)
    } finally {
      gate.leave()
    }
  }
  return {
    ask: (ref) => {
      const key = `${ref.namespace}/${ref.name}`
      const shared = asked.get(key)
      if (shared !== undefined) return shared
      const question = begin(ref).finally(() => asked.delete(key))
      asked.set(key, question)
      return question
    },
  }
}

async function askOnce(
  { kube, annotationDomain, boundMilliseconds, log, onOutcome }: AccountLookupParts,
  ref: ServiceAccountRef,
  signal: AbortSignal,
): Promise<ServiceAccountLookup> {
  try {
    const found = await kube.find(RESOURCES.serviceAccounts, ref, { signal })
    onOutcome(found === undefined ? 'unknown' : 'found')
    return found === undefined
      ? { outcome: 'unknown' }
      : { outcome: 'found', annotations: annotationFilter(annotationDomain)(found) }
  } catch (failure) {
    onOutcome('failed')
    if (failure instanceof KubeError) return { outcome: 'unreadable', why: failure.message }
    if (!signal.aborted) log.error({ failure, ...ref }, 'a service account could not be looked up')
    return {
      outcome: 'unreadable',
      why: signal.aborted ? `the API server gave no answer in ${boundMilliseconds} ms` : 'a fault of openirsa',
    }
  }
}

/** Lets so many in at a time; the others wait in turn, until they are let in or their signal ends it. */
function createGate(most: number, mostWaiting: number) {
  let inside = 0
  const waiting: ((isIn: boolean) => void)[] = []
  return {
    enter: (signal: AbortSignal): Promise<boolean> | boolean => {
      if (inside < most) {
        inside += 1
        return true
      }
      if (waiting.length >= mostWaiting) return false
      return new Promise((resolve) => {
        const letIn = (isIn: boolean): void => {
          signal.removeEventListener('abort', giveUp)
          resolve(isIn)
        }
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(letIn), 1)
          letIn(false)
        }
        signal.addEventListener('abort', giveUp)
        waiting.push(letIn)
      })
    },
    /** Whoever leaves gives the place to the next one. */
    leave: (): void => {
      const next = waiting.shift()
      if (next === undefined) inside -= 1
      else next(true)
    },
  }
}
