import { KubeError } from './errors.ts'
import type { KubeObject } from './model.ts'
import { isRecord } from './status.ts'

/** @throws KubeError `malformed` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // The parser's words would quote the answer, which may be a secret's.
    throw new KubeError('malformed', 'the API server answers with something that is not JSON')
  }
}

/** An object with a name; what else it says is its reader's to look at. @throws KubeError `malformed` */
export function readObject(value: unknown): KubeObject {
  if (isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === 'string') return value as KubeObject
  throw new KubeError('malformed', 'the API server answers with something that is not an object of Kubernetes')
}

/** A page of a list. @throws KubeError `malformed` */
export function readPage(value: unknown): {
  readonly items: readonly unknown[]
  readonly resourceVersion: string
  readonly next: string | undefined
} {
  const page = isRecord(value) ? value : {}
  const metadata = isRecord(page.metadata) ? page.metadata : {}
  // SPEC: Go writes an empty list as null in some versions.
  const items = page.items ?? []
  const { resourceVersion, continue: next } = metadata
  if (!Array.isArray(items) || typeof resourceVersion !== 'string')
    throw new KubeError('malformed', 'the API server answers with something that is not a list')
  return { items, resourceVersion, next: typeof next === 'string' && next !== '' ? next : undefined }
}
