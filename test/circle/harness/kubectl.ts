import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Place } from './place.ts'
import { type Ended, mustRun, run, type Way } from './process.ts'

/** An object as the API server renders it; a test looks at what it knows to be there. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the API server says, looked at by tests only
export type KubernetesObject = any

export interface Kubectl {
  (...words: readonly string[]): Promise<string>
  readonly words: readonly string[]
  try(words: readonly string[], way?: Way): Promise<Ended>
  get(...words: readonly string[]): Promise<KubernetesObject>
  apply(...objects: readonly object[]): Promise<void>
}

/** The administrator's kubectl. */
export function createKubectl(place: Place, at: { readonly bin: string; readonly kubeconfig: string }): Kubectl {
  const own = [join(at.bin, 'kubectl'), `--kubeconfig=${at.kubeconfig}`]
  const kubectl = (...words: readonly string[]): Promise<string> => mustRun(place, [...own, ...words])
  return Object.assign(kubectl, {
    words: own,
    try: (words: readonly string[], way?: Way) => run(place, [...own, ...words], way),
    get: async (...words: readonly string[]) => JSON.parse(await kubectl('get', '-o', 'json', ...words)),
    apply: async (...objects: readonly object[]) => {
      const input = objects.map((one) => stringify(one)).join('---\n')
      await mustRun(place, [...own, 'apply', '--server-side', '-f', '-'], { input })
    },
  })
}
