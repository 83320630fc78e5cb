import type {
  ChangeOptions,
  KubeDocument,
  KubeObject,
  KubePatch,
  KubeResource,
  ObjectRef,
  RemoveOptions,
} from './model.ts'
import { documentPath, objectPath, renderQuery } from './paths.ts'
import { parseJson, readObject } from './read-object.ts'
import type { Transport, Wanted } from './transport.ts'

const JSON_TYPE = 'application/json'
const FIELD_MANAGER = 'openirsa'

export async function createObject(
  transport: Transport,
  resource: KubeResource,
  { document, options }: { readonly document: KubeDocument; readonly options: ChangeOptions },
): Promise<KubeObject> {
  const { name, namespace } = document.metadata
  const path =
    options.subresource === undefined
      ? documentPath(resource, namespace)
      : objectPath(resource, refOf(name, namespace), options.subresource)
  return change(transport, { method: 'POST', path, body: bodyOf(JSON_TYPE, document) }, options)
}

export async function replaceObject(
  transport: Transport,
  resource: KubeResource,
  { document, options }: { readonly document: KubeDocument; readonly options: ChangeOptions },
): Promise<KubeObject> {
  const { name, namespace } = document.metadata
  const path = objectPath(resource, refOf(name, namespace), options.subresource)
  return change(transport, { method: 'PUT', path, body: bodyOf(JSON_TYPE, document) }, options)
}

/** SPEC: the media types of https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  // JSON is YAML.
  apply: 'application/apply-patch+yaml',
} as const satisfies Record<KubePatch['kind'], string>

export async function patchObject(
  transport: Transport,
  resource: KubeResource,
  { ref, patch }: { readonly ref: ObjectRef; readonly patch: KubePatch & ChangeOptions },
): Promise<KubeObject> {
  const document = patch.kind === 'json' ? patch.operations : patch.document
  const path = objectPath(resource, ref, patch.subresource)
  const force = patch.kind === 'apply' && patch.force !== undefined ? { force: 'true' } : {}
  return change(transport, { method: 'PATCH', path, body: bodyOf(PATCH_TYPES[patch.kind], document) }, patch, force)
}

export async function removeObject(
  transport: Transport,
  resource: KubeResource,
  { ref, options }: { readonly ref: ObjectRef; readonly options: RemoveOptions },
): Promise<void> {
  const { dryRun, preconditions, gracePeriodSeconds, propagation, signal, onWarning } = options
  const document = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
  }
  const path = `${objectPath(resource, ref)}${renderQuery({ dryRun: dryRunOf(dryRun) })}`
  await transport.ask({ method: 'DELETE', path, body: bodyOf(JSON_TYPE, document), signal, onWarning })
}

async function change(
  transport: Transport,
  wanted: Pick<Wanted, 'method' | 'path' | 'body'>,
  { dryRun, fieldManager = FIELD_MANAGER, signal, onWarning }: ChangeOptions,
  more: Readonly<Record<string, string>> = {},
): Promise<KubeObject> {
  const query = renderQuery({ dryRun: dryRunOf(dryRun), fieldManager, ...more })
  return readObject(parseJson(await transport.ask({ ...wanted, path: `${wanted.path}${query}`, signal, onWarning })))
}

const dryRunOf = (dryRun: 'all' | undefined): string | undefined => (dryRun === undefined ? undefined : 'All')

const bodyOf = (type: string, document: unknown) => ({ type, text: JSON.stringify(document) })

function refOf(name: string | undefined, namespace: string | undefined): ObjectRef {
  if (name === undefined) throw new TypeError('the document has no name')
  return namespace === undefined ? { name } : { name, namespace }
}
