import type { KubeResource, ObjectRef, Selection } from './model.ts'

/** `/api/v1/namespaces/shop/pods`: where the objects of a kind are, in one namespace or in all. */
export function collectionPath(resource: KubeResource, namespace: string | undefined): string {
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`
  if (namespace === undefined) return `${root}/${resource.plural}`
  if (!resource.isNamespaced) throw new TypeError(`${resource.plural} are in no namespace, and one was given`)
  return `${root}/namespaces/${segment(namespace)}/${resource.plural}`
}

/** Where one object is. */
export function objectPath(resource: KubeResource, { namespace, name }: ObjectRef, subresource?: string): string {
  const path = `${documentPath(resource, namespace)}/${segment(name)}`
  return subresource === undefined ? path : `${path}/${segment(subresource)}`
}

/** Where an object of that namespace is created. */
export function documentPath(resource: KubeResource, namespace: string | undefined): string {
  if (resource.isNamespaced && namespace === undefined)
    throw new TypeError(`${resource.plural} are in a namespace, and none was given`)
  return collectionPath(resource, namespace)
}

/** The query of a list or watch; members that are undefined are left out. */
export function queryOf(
  { labelSelector, fieldSelector }: Selection,
  more: Readonly<Record<string, string | undefined>>,
): string {
  return renderQuery({ labelSelector, fieldSelector, ...more })
}

export function renderQuery(members: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(members)) if (value !== undefined && value !== '') query.set(name, value)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** INVARIANT: a name cannot lead elsewhere, whoever chose it. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') throw new TypeError(`\`${text}\` is no name of an object`)
  return encodeURIComponent(text)
}
