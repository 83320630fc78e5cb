import type { ServiceAccountLookup } from '../../cluster/webhook/index.ts'
import { type Drift, findDrift } from '../../cluster/webhook-drift/index.ts'
import type { JsonObject } from '../../core/index.ts'
import { systemRandomness } from '../../io/host/index.ts'
import { type Kube, type KubeDocument, KubeError, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import { lookupOf, noPods, type PodTrial, type TrialWish, trialSettingsOf, tryPod } from './try-pods.ts'
import { type PodWish, readWorkloads } from './workload-file.ts'

/** What a cluster makes of a pod: nothing is kept there. */
export interface LiveTrial {
  readonly source: string
  readonly serviceAccount: string
  /** `provided`: its containers would start with credentials. `bare`: one of them would not. `refused`: no pod would be made. */
  readonly outcome: 'provided' | 'bare' | 'refused'
  /** What the webhook should do, by the service account as it is in the cluster; absent when it may not be read. */
  readonly expected?: PodTrial
  readonly added: Additions
  /** Of the API server and of its webhooks. */
  readonly warnings: readonly string[]
  /** Why it is refused, or what would be missing. */
  readonly message?: string
}

export interface Additions {
  readonly volumes: readonly string[]
  readonly containers: readonly {
    readonly name: string
    readonly variables: readonly (readonly [name: string, value: string])[]
    readonly mounts: readonly string[]
  }[]
}

/**
 * Has the API server create every pod of the files as a dry run, through all its webhooks and policies, and compares.
 * @throws ConfigError when the files have no pod, KubeError when the cluster cannot be asked
 */
export async function tryLive(wish: TrialWish, kube: Kube): Promise<readonly LiveTrial[]> {
  const { pods } = await readWorkloads(wish.files)
  if (pods.length === 0) throw noPods()
  const trials: LiveTrial[] = []
  for (const pod of pods) trials.push(await tryOne(pod, wish, kube))
  return trials
}

async function tryOne(pod: PodWish, wish: TrialWish, kube: Kube): Promise<LiveTrial> {
  const namespace = pod.namespace ?? wish.namespace
  const settings = trialSettingsOf(wish)
  const facts = { source: pod.source, serviceAccount: `${namespace}/${pod.serviceAccountName}` }
  const account = await findAccount(kube, { namespace, name: pod.serviceAccountName })
  const expected = account && tryPod(pod, { namespace, settings, account })
  const warnings: string[] = []
  const onWarning = (text: string): void => void warnings.push(text)
  try {
    const document = documentOf(pod, namespace)
    const made = await kube.create(RESOURCES.pods, document, { dryRun: 'all', onWarning })
    const added = compare(pod.pod, made)
    // What the API server sent is JSON.
    const object = made as unknown as JsonObject
    const after = account && tryPod({ ...pod, pod: object }, { namespace, settings, account })
    const drift = account && findDrift(object, { lookup: lookupOf(account), settings, randomness: systemRandomness })
    return { ...facts, ...(expected && { expected }), added, warnings, ...judge(after, drift) }
  } catch (failure) {
    if (!(failure instanceof KubeError) || !REFUSALS.includes(failure.reason)) throw failure
    const added = { volumes: [], containers: [] }
    const message = failure.message
    return { ...facts, outcome: 'refused', ...(expected && { expected }), added, warnings, message }
  }
}

/** What is said of this pod; anything else is said of the cluster or of who asks. */
const REFUSALS: readonly KubeError['reason'][] = ['forbidden', 'invalid', 'bad-request']

function judge(after: PodTrial | undefined, drift: Drift | undefined): Pick<LiveTrial, 'outcome' | 'message'> {
  if (after === undefined)
    return {
      outcome: 'bare',
      message: 'the service account may not be read, so that nothing can be said of what is missing',
    }
  if (after.reason === 'nothing-to-add' && drift === undefined) return { outcome: 'provided' }
  const messages: Partial<Record<PodTrial['reason'], string>> = {
    'no-role': 'the service account names no role',
    'blank-role': 'the role of the service account is blank',
    'service-account-unknown': 'there is no such service account',
    'skip-label': 'its label keeps the webhook from being asked',
  }
  const message =
    messages[after.reason] ??
    (drift?.finding === 'blocked' ? drift.message : undefined) ??
    'the webhook did not give it what it should have: is it running, and is this namespace excluded?'
  return { outcome: 'bare', message }
}

async function findAccount(
  kube: Kube,
  ref: { readonly namespace: string; readonly name: string },
): Promise<ServiceAccountLookup | undefined> {
  try {
    const found = await kube.find(RESOURCES.serviceAccounts, ref)
    if (found === undefined) return { outcome: 'unknown' }
    return { outcome: 'found', annotations: found.metadata.annotations ?? {} }
  } catch (failure) {
    if (failure instanceof KubeError && failure.reason === 'forbidden') return undefined
    throw failure
  }
}

/** Under a name of its own: the pod itself may be running. */
function documentOf({ pod, source }: PodWish, namespace: string): KubeDocument {
  const { name: _its, generateName: _also, uid: _uid, resourceVersion: _version, ...metadata } = fieldsOf(pod.metadata)
  const generateName = `${source.slice(source.indexOf('/') + 1).slice(0, 40)}-test-`
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, namespace, generateName }, spec: fieldsOf(pod.spec) }
}

/** What has come in on the way; the token for the API server comes into every pod, and is left out. */
function compare(before: JsonObject, made: KubeObject): Additions {
  const [old, now] = [fieldsOf(before.spec), fieldsOf(made.spec)]
  const isNews = (name: string): boolean => !name.startsWith('kube-api-access-')
  const had = new Map(containersOf(old).map((container) => [nameOf(container), container]))
  return {
    volumes: newNames(old.volumes, now.volumes).filter(isNews),
    containers: containersOf(now).map((container) => {
      const was = had.get(nameOf(container)) ?? {}
      const names = newNames(was.env, container.env)
      return {
        name: nameOf(container),
        variables: listOf(container.env)
          .filter((variable) => names.includes(nameOf(variable)))
          .map((variable) => [nameOf(variable), String(variable.value ?? '')] as const),
        mounts: newNames(was.volumeMounts, container.volumeMounts).filter(isNews),
      }
    }),
  }
}

const containersOf = (spec: Fields): readonly Fields[] => [...listOf(spec.initContainers), ...listOf(spec.containers)]
const nameOf = (entry: Fields): string => String(entry.name ?? '')

function newNames(before: unknown, now: unknown): readonly string[] {
  const known = new Set(listOf(before).map(nameOf))
  return listOf(now)
    .map(nameOf)
    .filter((name) => !known.has(name))
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}
