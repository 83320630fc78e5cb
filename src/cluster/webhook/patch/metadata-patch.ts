import type { JsonPatchOperation } from '../model.ts'
import type { PodView } from '../pod-view.ts'
import { pointerStep } from '../raw-json.ts'

/** Labels or annotations that the pod shall have; each field's name is that of its JSON. */
export interface MetadataAdditions {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Sets them; whatever else the pod's metadata has stays. */
export function patchMetadata(pod: PodView, additions: MetadataAdditions): readonly JsonPatchOperation[] {
  const operations = [
    ...patchEntries('labels', pod.labels, additions.labels),
    ...patchEntries('annotations', pod.annotations, additions.annotations),
  ]
  if (operations.length === 0 || pod.hasMetadata) return operations
  return [{ op: 'add', path: '/metadata', value: {} }, ...operations]
}

function patchEntries(
  field: keyof MetadataAdditions,
  present: ReadonlyMap<string, string> | undefined,
  wanted: Readonly<Record<string, string>>,
): readonly JsonPatchOperation[] {
  const missing = Object.entries(wanted).filter(([key, value]) => present?.get(key) !== value)
  if (missing.length === 0) return []
  if (present === undefined) return [{ op: 'add', path: `/metadata/${field}`, value: Object.fromEntries(missing) }]
  return missing.map(([key, value]) => ({ op: 'add', path: `/metadata/${field}/${pointerStep(key)}`, value }))
}
