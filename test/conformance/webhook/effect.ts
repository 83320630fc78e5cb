import type { JsonPatchOperation } from '../../../src/cluster/webhook/index.ts'

/** JSON that may be written to. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The document after the operations, as an API server applies them (RFC 6902, `add` only). Throws where that would be refused. */
export function applyPatch(document: unknown, operations: readonly JsonPatchOperation[]): Json {
  // Through text: whoever built the document may have put one array into many containers.
  const patched = JSON.parse(JSON.stringify(document)) as Json
  for (const { op, path, value } of operations) {
    if (op !== 'add') throw new Error(`operation ${String(op)} is not add`)
    const steps = path.split('/').slice(1).map(readStep)
    const last = steps.pop()
    if (last === undefined) throw new Error('the whole document is replaced')
    add(steps.reduce(descend, patched), last, structuredClone(value) as Json)
  }
  return patched
}

function readStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function descend(parent: Json, step: string): Json {
  const child = Array.isArray(parent)
    ? parent[indexOf(step, parent.length - 1)]
    : (parent as Record<string, Json>)?.[step]
  if (typeof child !== 'object' || child === null) throw new Error(`nothing is at ${step}`)
  return child
}

function add(parent: Json, step: string, value: Json): void {
  if (Array.isArray(parent)) parent.splice(step === '-' ? parent.length : indexOf(step, parent.length), 0, value)
  else if (typeof parent === 'object' && parent !== null) parent[step] = value
  else throw new Error(`nothing can be added at ${step}`)
}

function indexOf(step: string, most: number): number {
  const index = Number(step)
  if (!/^(0|[1-9][0-9]*)$/.test(step) || index > most) throw new Error(`${step} is no index up to ${most}`)
  return index
}

/**
 * The pod without what Go's structs put into it by the way: empty `resources`, nulls and empty lists, `mountPath: ""`,
 * and without `volumeMounts[].path`, which one of the reference's pods has and Kubernetes does not know.
 */
export function withoutNoise(pod: unknown): Json {
  return clean(pod as Json, '')
}

function clean(value: Json, at: string): Json {
  if (Array.isArray(value)) return value.map((element) => clean(element, at))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.keys(value)
    .filter((key) => !isNoise(at, key, value[key] ?? null))
    .map((key) => [key, clean(value[key] ?? null, key)] as const)
  return Object.fromEntries(kept)
}

function isNoise(parent: string, key: string, value: Json): boolean {
  if (value === null || (Array.isArray(value) && value.length === 0)) return true
  if (key === 'resources' && typeof value === 'object') return Object.keys(value).length === 0
  return parent === 'volumeMounts' && (key === 'path' || (key === 'mountPath' && value === ''))
}

/** An expiration that was drawn within the range is as good as any other of it. */
export function settleJitter(pod: Json, [least, most]: readonly [number, number]): Json {
  const isInRange = (key: string, value: unknown) =>
    key === 'expirationSeconds' && typeof value === 'number' && value >= least && value <= most
  return JSON.parse(JSON.stringify(pod, (key, value: unknown) => (isInRange(key, value) ? 'in range' : value))) as Json
}
