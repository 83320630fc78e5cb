/** Pods that are created all the time, and what became of each: never run, for no scheduler is theirs. */
import type { KubernetesObject } from './kubectl.ts'
import type { Node } from './node.ts'

export type Outcome = 'mutated' | 'unmutated' | 'refused' | 'no-answer'

export interface Creation {
  readonly at: number
  readonly outcome: Outcome
  /** The API server's words when it refused. */
  readonly message?: string
}

export interface Creations {
  readonly all: readonly Creation[]
  stop(): Promise<readonly Creation[]>
}

/** One after the other, as fast as `everyMs` allows, by a service account that has a role. */
export function keepCreating({ apiServer }: Node, namespace: string, { serviceAccountName, everyMs }: Pace): Creations {
  const all: Creation[] = []
  let isStopped = false
  const body = podOf(serviceAccountName)
  const create = async (): Promise<Creation> => {
    const at = Date.now()
    try {
      const answer = await apiServer.ask(`/api/v1/namespaces/${namespace}/pods`, { method: 'POST', body })
      const object = JSON.parse(answer.text) as KubernetesObject
      if (answer.status !== 201) return { at, outcome: 'refused', message: object.message }
      const names = (object.spec.containers[0].env ?? []).map(({ name }: KubernetesObject) => name)
      return { at, outcome: names.includes('AWS_WEB_IDENTITY_TOKEN_FILE') ? 'mutated' : 'unmutated' }
    } catch {
      // Nobody has decided: the API server itself is away.
      return { at, outcome: 'no-answer' }
    }
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

/** From the first creation that was not accepted to the next that was, the longest. */
export function longestGapMs(creations: readonly Creation[], outcome: Outcome): number {
  let [longest, began] = [0, undefined as number | undefined]
  for (const { at, outcome: found } of creations) {
    if (found === outcome) began ??= at
    else if (found === 'mutated' && began !== undefined) {
      longest = Math.max(longest, at - began)
      began = undefined
    }
  }
  return longest
}
