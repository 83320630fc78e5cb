import { KubeError } from './errors.ts'
import type { KubeObject, KubeResource, Listed, ListOptions } from './model.ts'
import { collectionPath, queryOf } from './paths.ts'
import { parseJson, readObject, readPage } from './read-object.ts'
import type { Transport } from './transport.ts'

const PAGE_SIZE = 500
/** A list that changes faster than it can be read is begun anew so often. */
const MOST_ATTEMPTS = 3

/** SPEC: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export async function listObjects<Kept>(
  transport: Transport,
  resource: KubeResource,
  options: ListOptions<Kept>,
): Promise<Listed<Kept>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listOnce(transport, resource, options)
    } catch (failure) {
      // A page is asked for by a token that ends after some minutes.
      const isExpired = failure instanceof KubeError && failure.reason === 'gone'
      if (!isExpired || attempt === MOST_ATTEMPTS) throw failure
    }
  }
}

async function listOnce<Kept>(
  transport: Transport,
  resource: KubeResource,
  options: ListOptions<Kept>,
): Promise<Listed<Kept>> {
  const { keep, signal, onWarning } = options
  const items: Kept[] = []
  let next: string | undefined
  let resourceVersion: string
  do {
    const query = queryOf(options, { limit: String(options.pageSize ?? PAGE_SIZE), continue: next })
    const path = `${collectionPath(resource, options.namespace)}${query}`
    const page = readPage(parseJson(await transport.ask({ method: 'GET', path, signal, onWarning })))
    for (const item of page.items) {
      const kept = keep(withKind(readObject(item), resource))
      if (kept !== undefined) items.push(kept)
    }
    next = page.next
    resourceVersion = page.resourceVersion
  } while (next !== undefined)
  return { items, resourceVersion }
}

/** The items of a list do not say what they are; the objects of a watch do. */
function withKind(object: KubeObject, { apiVersion, kind }: KubeResource): KubeObject {
  return object.kind === undefined ? { apiVersion, kind, ...object } : object
}
