import { isNamespaceName, isObjectName } from '../../core/index.ts'
import { ManifestError, unusable } from './errors.ts'
import type { ObjectKind } from './model.ts'

/** SPEC: Kubernetes, metav1 validation: all annotations of an object together, keys and values, in bytes. */
const MAX_ANNOTATION_BYTES = 262_144
const DEFAULT_NAMESPACE = 'default'

export type Fields = Readonly<Record<string, unknown>>

/** A plain object; a list or null is none. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface ReadMetadata {
  /** The empty string for a Namespace. */
  readonly namespace: string
  readonly name: string
}

/** @throws ManifestError */
export function readMetadata(metadata: unknown, kind: ObjectKind, where: string): ReadMetadata {
  if (!isFields(metadata)) throw unusable(where, 'metadata', 'an object', metadata)
  const { name, namespace, generateName } = metadata
  if (name === undefined && generateName !== undefined) {
    throw new ManifestError(`${where}: cannot use generateName with apply`, { hint: 'give it a `metadata.name`' })
  }
  const isName = kind === 'Namespace' ? isNamespaceName : isObjectName
  if (typeof name !== 'string' || !isName(name)) {
    throw unusable(where, 'metadata.name', 'a name of Kubernetes: lower case letters, digits and `-`', name)
  }
  const place = readNamespace(namespace, kind, where)
  const named = `${where.replace(/\)$/, '')} ${place === '' ? '' : `${place}/`}${name})`
  checkAnnotations(metadata.annotations, named)
  checkTexts(metadata.labels, 'metadata.labels', named)
  return { namespace: place, name }
}

function readNamespace(namespace: unknown, kind: ObjectKind, where: string): string {
  if (kind === 'Namespace') {
    if (namespace === undefined || namespace === '') return ''
    throw unusable(where, 'metadata.namespace', 'absent: a Namespace lies in none', namespace)
  }
  if (namespace === undefined || namespace === '') return DEFAULT_NAMESPACE
  if (typeof namespace === 'string' && isNamespaceName(namespace)) return namespace
  throw unusable(where, 'metadata.namespace', 'the name of a namespace', namespace)
}

function checkAnnotations(annotations: unknown, where: string): void {
  const entries = checkTexts(annotations, 'metadata.annotations', where)
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  if (bytes > MAX_ANNOTATION_BYTES) {
    throw unusable(where, 'metadata.annotations', `at most ${MAX_ANNOTATION_BYTES} bytes together`, bytes)
  }
}

/** Keys and values of annotations or labels: qualified names and strings. */
function checkTexts(texts: unknown, field: string, where: string): readonly (readonly [string, string])[] {
  if (texts === undefined || texts === null) return []
  if (!isFields(texts)) throw unusable(where, field, 'an object', texts)
  return Object.entries(texts).map(([key, value]) => {
    if (!isQualifiedName(key))
      throw unusable(where, field, 'an object whose keys are qualified names of Kubernetes', key)
    if (typeof value !== 'string') throw unusable(where, `${field}.${key}`, 'a string', value)
    return [key, value] as const
  })
}

/** SPEC: Kubernetes, "Labels and selectors", syntax: an optional prefix that is a DNS subdomain, a slash, a name of at most 63 characters. */
function isQualifiedName(key: string): boolean {
  const parts = key.split('/')
  const name = parts.pop() ?? ''
  if (parts.length > 1 || name.length > 63 || !/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name)) return false
  const [prefix] = parts
  return prefix === undefined || isObjectName(prefix.toLowerCase())
}
