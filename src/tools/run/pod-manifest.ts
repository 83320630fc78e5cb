import { ConfigError, isNamespaceName, isObjectName, type ServiceAccountRef } from '../../core/index.ts'
import { POD_PATHS } from '../../io/kube/index.ts'

/** Fields as YAML gave them. UNVERIFIED: each is looked at before it is used. */
export type Fields = Readonly<Record<string, unknown>>

/** What a container of a manifest is, and in which pod. */
export interface PodManifest {
  /** For messages: `Deployment shop/orders`. */
  readonly where: string
  readonly metadata: Fields
  readonly spec: Fields
  readonly container: Fields
  readonly serviceAccount: ServiceAccountRef
  /** Of ConfigMaps and Secrets in the same file, by `Kind/name`. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, string>>>
}

/**
 * The one pod of a file, and one of its containers.
 * @param name of the container; default the only one
 * @throws ConfigError when there is none, or more than one and none is named
 */
export function findPod(documents: readonly unknown[], name: string | undefined): PodManifest {
  const objects = documents.filter(isFields).flatMap(itemsOf)
  const [found, ...others] = objects.filter(({ kind }) => typeof kind === 'string' && Object.hasOwn(POD_PATHS, kind))
  if (found === undefined)
    throw new ConfigError('there is no pod in the file', {
      hint: `it must have an object of one of the kinds ${Object.keys(POD_PATHS).join(', ')}`,
    })
  if (others.length > 0)
    throw new ConfigError(
      `there are ${others.length + 1} pods in the file: ${[found, ...others].map(nameOf).join(', ')}`,
      {
        hint: 'give a file with the one that is to run',
      },
    )
  const pod = (POD_PATHS[String(found.kind)] ?? []).reduce(fieldsAt, found)
  const where = nameOf(found)
  const spec = fieldsAt(pod, 'spec')
  return {
    where,
    metadata: { ...fieldsAt(pod, 'metadata'), name: fieldsAt(found, 'metadata').name },
    spec,
    container: chooseContainer(spec, name, where),
    serviceAccount: serviceAccountOf(found, spec, where),
    settings: settingsOf(objects),
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object at a field; the empty one when there is none. */
export function fieldsAt(fields: Fields, name: string): Fields {
  const value = fields[name]
  return isFields(value) ? value : {}
}

/** The objects of a list at a field. */
export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.filter(isFields) : []
}

function itemsOf(document: Fields): readonly Fields[] {
  return document.kind === 'List' ? listAt(document, 'items') : [document]
}

function nameOf(object: Fields): string {
  const { name = '', namespace = 'default' } = fieldsAt(object, 'metadata')
  return `${String(object.kind)} ${String(namespace)}/${String(name)}`
}

function chooseContainer(spec: Fields, name: string | undefined, where: string): Fields {
  const containers = listAt(spec, 'containers')
  const names = containers.map((one) => String(one.name)).join(', ')
  const found = name === undefined ? containers[0] : containers.find((one) => one.name === name)
  if (found === undefined)
    throw new ConfigError(`${where} has no container${name === undefined ? '' : ` \`${name}\``}`, {
      hint: names === '' ? 'a pod has a list of containers' : `it has ${names}`,
    })
  if (name === undefined && containers.length > 1)
    throw new ConfigError(`${where} has several containers: ${names}`, { hint: 'choose one with --container NAME' })
  return found
}

function serviceAccountOf(object: Fields, spec: Fields, where: string): ServiceAccountRef {
  const { namespace = 'default' } = fieldsAt(object, 'metadata')
  const name = spec.serviceAccountName ?? spec.serviceAccount ?? 'default'
  if (typeof namespace !== 'string' || !isNamespaceName(namespace))
    throw new ConfigError(`${where}: metadata.namespace is no name of a namespace`)
  if (typeof name !== 'string' || !isObjectName(name))
    throw new ConfigError(`${where}: serviceAccountName is no name of a service account`)
  return { namespace, name }
}

/** SPEC: a Secret's `data` is base64, its `stringData` is text and wins. */
function settingsOf(objects: readonly Fields[]): PodManifest['settings'] {
  const found = new Map<string, Record<string, string>>()
  for (const object of objects) {
    const key = `${String(object.kind)}/${String(fieldsAt(object, 'metadata').name)}`
    if (object.kind === 'ConfigMap') found.set(key, textsOf(fieldsAt(object, 'data')))
    if (object.kind !== 'Secret') continue
    const decoded = Object.entries(textsOf(fieldsAt(object, 'data'))).map(([name, text]) => [
      name,
      Buffer.from(text, 'base64').toString('utf8'),
    ])
    found.set(key, { ...Object.fromEntries(decoded), ...textsOf(fieldsAt(object, 'stringData')) })
  }
  return found
}

function textsOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >
}
