import { renderCanonical } from './canonical.ts'
import { ManifestError, unusable } from './errors.ts'
import { type Fields, isFields, readMetadata } from './metadata.ts'
import type { Manifest, ObjectKind } from './model.ts'
import { readPodSpec } from './pod-spec.ts'

/** What is known here, and what else of each is read; the result is the service account of a Pod. */
const kinds = {
  Namespace: { apiVersion: 'v1', read: () => undefined },
  ServiceAccount: { apiVersion: 'v1', read: () => undefined },
  Pod: { apiVersion: 'v1', read: (object, where) => readPodSpec(object.spec, 'spec', where) },
  Deployment: { apiVersion: 'apps/v1', read: readDeployment },
} as const satisfies Record<ObjectKind, KindFacts>

interface KindFacts {
  readonly apiVersion: string
  readonly read: (object: Fields, where: string) => string | undefined
}

/**
 * Reads the documents of a manifest, each an object or a `List` of objects.
 * @throws ManifestError naming the document, the field, what was expected and what was found
 */
export function parseManifests(documents: readonly unknown[]): readonly Manifest[] {
  return documents.flatMap((document, index) => {
    const where = `document ${index + 1}`
    if (!isFields(document)) throw new ManifestError(`${where} is no Kubernetes object`)
    if (document.kind !== 'List' || document.apiVersion !== 'v1') return [parseObject(document, where)]
    const { items } = document
    if (!Array.isArray(items)) throw unusable(where, 'items', 'a list', items)
    return items.map((item: unknown, at) => {
      if (!isFields(item)) throw new ManifestError(`${where}, item ${at + 1} is no Kubernetes object`)
      return parseObject(item, `${where}, item ${at + 1}`)
    })
  })
}

function parseObject(object: Fields, where: string): Manifest {
  const kind = readKind(object, where)
  const { namespace, name } = readMetadata(object.metadata, kind, `${where} (${kind})`)
  const named = `${where} (${kind} ${namespace === '' ? '' : `${namespace}/`}${name})`
  const serviceAccountName = kinds[kind].read(object, named)
  const text = renderCanonical(withNamespace(object, namespace))
  if (text === undefined) throw new ManifestError(`${named} is nested too deeply`)
  return {
    kind,
    namespace,
    name,
    text,
    where: named,
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
  }
}

/** A namespace that is left out and the same one written down are one object. */
function withNamespace(object: Fields, namespace: string): Fields {
  const { metadata } = object
  return namespace === '' || !isFields(metadata) ? object : { ...object, metadata: { ...metadata, namespace } }
}

function readKind({ kind, apiVersion }: Fields, where: string): ObjectKind {
  if (typeof kind !== 'string') throw unusable(where, 'kind', 'the kind of a Kubernetes object', kind)
  if (typeof apiVersion !== 'string') throw unusable(`${where} (${kind})`, 'apiVersion', 'a string', apiVersion)
  if (!Object.hasOwn(kinds, kind)) {
    throw new ManifestError(`${where}: the kind \`${kind}\` is not known here`, {
      hint: `what may be applied: ${Object.keys(kinds).join(', ')}`,
    })
  }
  const known = kind as ObjectKind
  const { apiVersion: wanted } = kinds[known]
  if (apiVersion !== wanted) throw unusable(`${where} (${kind})`, 'apiVersion', `\`${wanted}\``, apiVersion)
  return known
}

/** SPEC: apps/v1 DeploymentSpec: selector and template are required; its Pods' service account may come later. */
function readDeployment({ spec }: Fields, where: string): undefined {
  if (!isFields(spec)) throw unusable(where, 'spec', 'an object', spec)
  const { selector, template } = spec
  if (!isFields(selector)) throw unusable(where, 'spec.selector', 'an object', selector)
  if (!isFields(template)) throw unusable(where, 'spec.template', 'an object', template)
  readPodSpec(template.spec, 'spec.template.spec', where)
}
