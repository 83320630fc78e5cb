/** Pods that are created all the time, and what became of each: never run, for no scheduler is theirs. */
import type { KubernetesObject } from './kubectl.ts'
import type { Node } from './node.ts'

export type Outcome = 'mutated' | 'unmutated' | 'refused'

/** A pod that somebody wanted, and what the API server made of it in the end. */
export interface Creation {
  readonly at: number
  readonly outcome: Outcome
  /** The API server's words when it refused. */
  readonly message?: string
  /** How often no API server answered before one did. Nobody has decided then: as controllers do, it is asked again. */
  readonly unanswered: number
  readonly waitedMs: number
}

export interface Creations {
  readonly all: readonly Creation[]
  /** What is under way comes to its end first. */
  stop(): Promise<readonly Creation[]>
}

/** One after the other, as fast as `everyMs` allows, by a service account that has a role. */
export function keepCreating({ apiServer }: Node, namespace: string, { serviceAccountName, everyMs }: Pace): Creations {
  const all: Creation[] = []
  let isStopped = false
  const body = podOf(serviceAccountName)
  const ask = () =>
    apiServer.ask(`/api/v1/namespaces/${namespace}/pods`, { method: 'POST', body }).catch(() => undefined)
  const create = async (): Promise<Creation> => {
    const at = Date.now()
    let [answer, unanswered] = [await ask(), 0]
    while (answer === undefined) {
      if (Date.now() - at > LONGEST_WAIT_MS) throw new Error('no API server answers any more')
      unanswered += 1
      await new Promise((passed) => setTimeout(passed, everyMs))
      answer = await ask()
    }
    const waited = { unanswered, waitedMs: Date.now() - at }
    const object = JSON.parse(answer.text) as KubernetesObject
    if (answer.status !== 201) return { at, ...waited, outcome: 'refused', message: object.message }
    return { at, ...waited, outcome: hasIdentity(object) ? 'mutated' : 'unmutated' }
  }
  const loop = (async () => {
    while (!isStopped) {
      all.push(await create())
      await new Promise((passed) => setTimeout(passed, everyMs))
    }
  })()
  return {
    all,
    stop: async () => {
      isStopped = true
      await loop
      return all
    },
  }
}

const LONGEST_WAIT_MS = 120_000

/** Does the pod have what the webhook injects? */
export function hasIdentity({ spec }: KubernetesObject): boolean {
  return (spec.containers[0].env ?? []).some(({ name }: KubernetesObject) => name === 'AWS_WEB_IDENTITY_TOKEN_FILE')
}

export interface Pace {
  readonly serviceAccountName: string
  readonly everyMs: number
}

const podOf = (serviceAccountName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'created-' },
  spec: { serviceAccountName, schedulerName: 'nobody', containers: [{ name: 'main', image: 'local.test/none:1' }] },
})

/** From the first creation that was refused to the next that was not, the longest. */
export function longestRefusedMs(creations: readonly Creation[]): number {
  let [longest, began] = [0, undefined as number | undefined]
  for (const { at, outcome } of creations) {
    if (outcome === 'refused') began ??= at
    else if (began !== undefined) {
      longest = Math.max(longest, at - began)
      began = undefined
    }
  }
  return longest
}
