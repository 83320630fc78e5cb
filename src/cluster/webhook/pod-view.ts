import type { JsonObject, JsonValue } from '../../core/index.ts'
import { isObject, member } from './raw-json.ts'

/** What the webhook looks at in a pod; everything else stays as it is. */
export interface PodView {
  readonly hasMetadata: boolean
  /** Undefined: the pod has no annotations, not even an empty object of them. */
  readonly annotations: ReadonlyMap<string, string> | undefined
  readonly labels: ReadonlyMap<string, string> | undefined
  readonly hasSpec: boolean
  /** Undefined: the pod has no list of volumes. */
  readonly volumes: readonly VolumeView[] | undefined
  readonly nodeSelector: ReadonlyMap<string, string>
  readonly osName: string
  /** First the init containers, then the others. */
  readonly containers: readonly ContainerView[]
}

export interface VolumeView {
  readonly name: string
  readonly raw: JsonObject
}

export interface ContainerView {
  readonly list: 'initContainers' | 'containers'
  readonly index: number
  readonly name: string
  readonly raw: JsonObject
  /** Undefined: the container has no list of them. */
  readonly variables: ReadonlySet<string> | undefined
  readonly mounts: readonly MountView[] | undefined
}

export interface MountView {
  readonly name: string
  readonly path: string
}

/** The part of the pod that is not what Kubernetes says. Only `readPod` catches it. */
class PodFault extends Error {}

/** What counts of the pod, or the text that says what is wrong with it. */
export function readPod(pod: JsonObject): PodView | string {
  try {
    return viewPod(pod)
  } catch (fault) {
    if (fault instanceof PodFault) return fault.message
    throw fault
  }
}

function viewPod(pod: JsonObject): PodView {
  const metadata = readObject(pod, 'metadata', '')
  const spec = readObject(pod, 'spec', '')
  const os = spec === undefined ? undefined : readObject(spec, 'os', 'spec.')
  return {
    hasMetadata: metadata !== undefined,
    annotations: metadata && readTexts(metadata, 'annotations', 'metadata.'),
    labels: metadata && readTexts(metadata, 'labels', 'metadata.'),
    hasSpec: spec !== undefined,
    volumes:
      spec &&
      readObjects(spec, 'volumes', 'spec.')?.map((raw) => ({ name: readText(raw, 'name', 'spec.volumes[].'), raw })),
    nodeSelector: (spec && readTexts(spec, 'nodeSelector', 'spec.')) ?? NO_TEXTS,
    osName: os === undefined ? '' : readText(os, 'name', 'spec.os.'),
    containers:
      spec === undefined ? [] : viewContainers(spec, 'initContainers').concat(viewContainers(spec, 'containers')),
  }
}

const NO_TEXTS: ReadonlyMap<string, string> = new Map()

/** What faults say where they are. */
const PLACES = {
  initContainers: {
    container: 'spec.initContainers[].',
    variable: 'spec.initContainers[].env[].',
    mount: 'spec.initContainers[].volumeMounts[].',
  },
  containers: {
    container: 'spec.containers[].',
    variable: 'spec.containers[].env[].',
    mount: 'spec.containers[].volumeMounts[].',
  },
} as const satisfies Record<ContainerView['list'], unknown>

function viewContainers(spec: JsonObject, list: ContainerView['list']): ContainerView[] {
  const at = PLACES[list]
  return (readObjects(spec, list, 'spec.') ?? []).map((raw, index) => {
    const variables = readObjects(raw, 'env', at.container)
    return {
      list,
      index,
      raw,
      name: readText(raw, 'name', at.container),
      variables: variables && readNames(variables, at.variable),
      mounts: readObjects(raw, 'volumeMounts', at.container)?.map((mount) => ({
        name: readText(mount, 'name', at.mount),
        path: readText(mount, 'mountPath', at.mount),
      })),
    }
  })
}

function readNames(objects: readonly JsonObject[], at: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const object of objects) names.add(readText(object, 'name', at))
  return names
}

/** Absent and null are one, as in Go. */
function findValue(parent: JsonObject, name: string): JsonValue | undefined {
  return member(parent, name) ?? undefined
}

function readObject(parent: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = findValue(parent, name)
  if (value !== undefined && !isObject(value)) throw new PodFault(`bad content: ${at}${name} is not an object`)
  return value
}

function readTexts(parent: JsonObject, name: string, at: string): ReadonlyMap<string, string> | undefined {
  const object = readObject(parent, name, at)
  if (object === undefined) return undefined
  const texts = new Map<string, string>()
  const place = `${at}${name}.`
  for (const key of Object.keys(object)) texts.set(key, readText(object, key, place))
  return texts
}

function readObjects(parent: JsonObject, name: string, at: string): readonly JsonObject[] | undefined {
  const value = findValue(parent, name)
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw new PodFault(`bad content: ${at}${name} is not an array`)
  if (!value.every(isObject)) throw new PodFault(`bad content: ${at}${name} has an element that is not an object`)
  return value
}

function readText(parent: JsonObject, name: string, at: string): string {
  const value = findValue(parent, name)
  if (value !== undefined && typeof value !== 'string') throw new PodFault(`bad content: ${at}${name} is not a string`)
  return value ?? ''
}
