import type { Clock, JsonObject, Randomness } from '../../core/index.ts'
import { type Kube, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import {
  findConfigMapIdentity,
  type IdentityConfig,
  type IdentityLookup,
  parseIdentityConfig,
  type WebhookSettings,
} from '../webhook/index.ts'
import { controllerOf, createControllerSearch } from './controllers.ts'
import { findDrift } from './find-drift.ts'
import type { DriftedPod, DriftReport } from './model.ts'

export interface DriftOptions {
  readonly kube: Pick<Kube, 'find' | 'list' | 'create'>
  readonly settings: WebhookSettings
  /** Undefined: all of them. */
  readonly namespace?: string
  readonly excludedNamespaces: readonly string[]
  /** Pods with it are not shown to the webhook. */
  readonly skipLabel: string
  /** Where the ConfigMap with identities is; undefined: there is none. */
  readonly identityConfigMap?: { readonly namespace: string; readonly name: string }
  readonly clock: Clock
  readonly randomness: Randomness
}

/** Pods come with all that is in them: few at a time, so that requests in between are answered. */
const PAGE_SIZE = 100

/**
 * Looks at every running pod once. In memory stay the annotations of service accounts, and what has drifted.
 * @throws KubeError when the API server cannot be asked
 */
export async function lookForDrift(options: DriftOptions): Promise<DriftReport> {
  const { kube, clock, namespace } = options
  const identities = await readIdentities(options)
  let podCount = 0
  const within = namespace === undefined ? {} : { namespace }
  const { items } = await kube.list(RESOURCES.pods, {
    ...within,
    fieldSelector: 'status.phase=Running',
    pageSize: PAGE_SIZE,
    keep: (pod) => {
      podCount += 1
      return judge(pod, identities, options)
    },
  })
  const findController = createControllerSearch(kube)
  const drifted: DriftReport['drifted'][number][] = []
  for (const found of items) {
    const controller = await findController(found)
    drifted.push(controller === undefined ? found : { ...found, controller })
  }
  return { seenAt: clock.now(), podCount, drifted }
}

type FindIdentity = (ref: { readonly namespace: string; readonly name: string }) => IdentityLookup

/** Before the pods: one whose service account has got its role in between is told of the next time. */
async function readIdentities(options: DriftOptions): Promise<FindIdentity> {
  const { kube, settings, namespace } = options
  const config = await readIdentityConfig(options)
  const prefix = `${settings.annotationDomain}/`
  const accounts = new Map<string, Readonly<Record<string, string>>>()
  await kube.list(RESOURCES.serviceAccounts, {
    ...(namespace === undefined ? {} : { namespace }),
    keep: ({ metadata }) => {
      const ours = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(prefix))
      if (ours.length > 0) accounts.set(`${metadata.namespace}/${metadata.name}`, Object.fromEntries(ours))
      return undefined
    },
  })
  return (ref) => {
    const configMap = config && findConfigMapIdentity(config, ref)
    return {
      serviceAccount: { outcome: 'found', annotations: accounts.get(`${ref.namespace}/${ref.name}`) ?? {} },
      ...(configMap === undefined ? {} : { configMap }),
      containerCredentials: 'unlisted',
    }
  }
}

async function readIdentityConfig({
  kube,
  identityConfigMap,
  settings,
}: DriftOptions): Promise<IdentityConfig | undefined> {
  if (identityConfigMap === undefined) return undefined
  const found = await kube.find(RESOURCES.configMaps, identityConfigMap)
  const { config } = (found?.data ?? {}) as { readonly config?: unknown }
  if (typeof config !== 'string') return undefined
  return parseIdentityConfig(config, settings.compatibility).identities
}

function judge(pod: KubeObject, identities: FindIdentity, options: DriftOptions): DriftedPod | undefined {
  const { settings, randomness, excludedNamespaces, skipLabel } = options
  const { name, namespace = '', uid = '', labels = {}, deletionTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined || Object.hasOwn(labels, skipLabel) || excludedNamespaces.includes(namespace))
    return undefined
  const spec = pod.spec as { readonly serviceAccountName?: string } | undefined
  const serviceAccountName = spec?.serviceAccountName ?? 'default'
  const lookup = identities({ namespace, name: serviceAccountName })
  // What the API server sent is JSON.
  const drift = findDrift(pod as unknown as JsonObject, { lookup, settings, randomness })
  if (drift === undefined) return undefined
  const owner = controllerOf(pod)
  const involved = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid }
  return { ...drift, pod: involved, serviceAccountName, ...(owner === undefined ? {} : { owner }) }
}
