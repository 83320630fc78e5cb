import type { KubeObject } from '../../io/kube/index.ts'
import { type JsonPatchOperation, type KubeDocument, RESOURCES } from '../../io/kube/index.ts'
import type { SelfManagedOptions } from './model.ts'
import type { Wish } from './plan.ts'
import {
  type CertificateState,
  parseState,
  type ReadState,
  renderState,
  SECRET_KEYS,
  type SecretTexts,
} from './state.ts'

/** Written by an operator on the Secret to have what it names made anew now; taken away when that is done. */
export const ROTATE_ANNOTATION = 'openirsa.dev/rotate'

export interface SecretCopy extends ReadState {
  readonly object: KubeObject
  readonly wish?: Wish
}

type Place = Pick<SelfManagedOptions, 'kube' | 'namespace' | 'secretName' | 'configurationName' | 'serviceName'>

/** Undefined when there is no such Secret. */
export async function findSecret({ kube, namespace, secretName }: Place): Promise<SecretCopy | undefined> {
  const object = await kube.find(RESOURCES.secrets, { namespace, name: secretName })
  if (object === undefined) return undefined
  const wish = object.metadata.annotations?.[ROTATE_ANNOTATION]
  return {
    object,
    ...parseState(textsOf(object.data)),
    ...(wish === 'certificate' || wish === 'authority' ? { wish } : {}),
  }
}

/** Whoever was first has written: the other's attempt is a `conflict`, and it looks again. */
export async function replaceSecret({ kube }: Place, copy: SecretCopy, state: CertificateState): Promise<void> {
  const { object } = copy
  const rendered = Object.entries(renderState(state)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const data = {
    ...Object.fromEntries(Object.entries(fieldsOf(object.data)).filter(([key]) => !SECRET_KEYS.includes(key))),
    ...Object.fromEntries(rendered.map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  }
  const { [ROTATE_ANNOTATION]: _done, ...annotations } = object.metadata.annotations ?? {}
  const document: KubeDocument = {
    ...object,
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...object.metadata, annotations },
    data,
  }
  await kube.replace(RESOURCES.secrets, document)
}

export interface ConfigurationCopy {
  readonly resourceVersion: string
  /** What each of the webhook's entries has as `caBundle`, decoded, by its place in the list. */
  readonly bundles: ReadonlyMap<number, string>
}

/** Undefined when there is no such configuration. */
export async function findConfiguration(place: Place): Promise<ConfigurationCopy | undefined> {
  const { kube, configurationName: name } = place
  const object = await kube.find(RESOURCES.mutatingWebhookConfigurations, { name })
  if (object === undefined) return undefined
  const webhooks = Array.isArray(object.webhooks) ? object.webhooks : []
  const bundles = new Map<number, string>()
  for (const [index, webhook] of webhooks.entries()) {
    const { service, caBundle } = fieldsOf(fieldsOf(webhook).clientConfig)
    const { name: serviceName, namespace } = fieldsOf(service)
    if (serviceName !== place.serviceName || namespace !== place.namespace) continue
    bundles.set(index, typeof caBundle === 'string' ? Buffer.from(caBundle, 'base64').toString('utf8') : '')
  }
  return { resourceVersion: object.metadata.resourceVersion ?? '', bundles }
}

/** Only as long as nobody has changed the configuration since it was read: otherwise the API server refuses it. */
export async function patchBundles(place: Place, copy: ConfigurationCopy, bundle: string): Promise<void> {
  const value = Buffer.from(bundle).toString('base64')
  const operations: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/resourceVersion', value: copy.resourceVersion },
    ...[...copy.bundles.keys()].map((index): JsonPatchOperation => {
      return { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }
    }),
  ]
  const ref = { name: place.configurationName }
  await place.kube.patch(RESOURCES.mutatingWebhookConfigurations, ref, { kind: 'json', operations })
}

function textsOf(data: unknown): SecretTexts {
  const entries = Object.entries(fieldsOf(data)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]))
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
