import { WEBHOOK_NAMES } from '../../cluster/webhook-manifest/index.ts'
import type { ServiceAccountRef } from '../../core/index.ts'
import { type Kube, KubeError, type KubeObject, type ObjectRef, RESOURCES } from '../../io/kube/index.ts'

/** A ConfigMap of ours, and the cluster, as EKS calls it, whose associations stand in it. */
export interface IdentitiesMap {
  readonly namespace: string
  readonly name: string
  readonly clusterName: string
}

export type Written =
  | { readonly kind: 'created' | 'changed' | 'same' }
  /** It is somebody else's, and was left as it is. */
  | { readonly kind: 'foreign'; readonly why: string }

const OWN_LABEL = 'app.kubernetes.io/managed-by'
const OWNER = 'openirsa-controller'
/** An annotation: names of clusters may be longer than labels. */
const CLUSTER_ANNOTATION = 'openirsa.dev/cluster-name'
const KEY = WEBHOOK_NAMES.podIdentitiesFile

/**
 * Makes the ConfigMap list these service accounts. Nothing is written when it does already, so that several writers of one list are quiet;
 * a change counts only when nobody else made one in between (`conflict`).
 * @throws KubeError when the API server cannot be asked, or refuses
 */
export async function writeIdentities(
  kube: Kube,
  map: IdentitiesMap,
  identities: readonly ServiceAccountRef[],
): Promise<Written> {
  const text = renderIdentities(identities)
  const ref: ObjectRef = { namespace: map.namespace, name: map.name }
  const found = await kube.find(RESOURCES.configMaps, ref)
  if (found === undefined) return create(kube, map, text)
  const why = whyForeign(found, map)
  if (why !== undefined) return { kind: 'foreign', why }
  const data = found.data as Readonly<Record<string, string>> | undefined
  if (data?.[KEY] === text) return { kind: 'same' }
  const changed = { ...found, apiVersion: 'v1', kind: 'ConfigMap', data: { ...data, [KEY]: text } }
  await kube.replace(RESOURCES.configMaps, changed)
  return { kind: 'changed' }
}

/**
 * SPEC: what the Amazon EKS pod identity webhook reads: `{"identities":[{"namespace","serviceAccount"}]}`. Sorted, each once: one list is one text.
 * @see https://github.com/aws/amazon-eks-pod-identity-webhook
 */
export function renderIdentities(identities: readonly ServiceAccountRef[]): string {
  const keys = [...new Set(identities.map(({ namespace, name }) => `${namespace}/${name}`))].sort()
  const entries = keys.map((key) => {
    const [namespace, serviceAccount] = key.split('/')
    return JSON.stringify({ namespace, serviceAccount })
  })
  return `{"identities":[${entries.map((entry) => `\n${entry}`).join(',')}\n]}\n`
}

async function create(kube: Kube, { namespace, name, clusterName }: IdentitiesMap, text: string): Promise<Written> {
  const labels = { [OWN_LABEL]: OWNER, 'app.kubernetes.io/part-of': 'openirsa' }
  const metadata = { namespace, name, labels, annotations: { [CLUSTER_ANNOTATION]: clusterName } }
  try {
    await kube.create(RESOURCES.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: text } })
    return { kind: 'created' }
  } catch (failure) {
    if (!(failure instanceof KubeError) || failure.reason !== 'not-found') throw failure
    // A `create` finds no place but for one reason.
    throw new KubeError('not-found', `the namespace ${namespace} does not exist`, failure.facts, { cause: failure })
  }
}

function whyForeign({ metadata }: KubeObject, { namespace, name, clusterName }: IdentitiesMap): string | undefined {
  const what = `the ConfigMap ${namespace}/${name}`
  if (metadata.labels?.[OWN_LABEL] !== OWNER)
    return `${what} is not the controller's (it lacks the label ${OWN_LABEL}=${OWNER}): give it the label, or choose another with --pod-identities`
  const cluster = metadata.annotations?.[CLUSTER_ANNOTATION]
  if (cluster === clusterName) return undefined
  return `${what} lists the associations of ${cluster ?? 'no cluster that is named'} (${CLUSTER_ANNOTATION}), not of ${clusterName}`
}
