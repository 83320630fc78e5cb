import type { JsonObject, JsonValue } from '../../../core/index.ts'
import type { JsonPatchOperation } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { ContainerView } from '../pod-view.ts'
import { keepRun } from './patch-text.ts'
import type { Variable, VariableGroup } from './variable-groups.ts'

/** As it stands in a pod's JSON. */
export type Mount = { readonly name: string; readonly readOnly: true; readonly mountPath: string }

/** What one container lacks. */
export interface ContainerAdditions {
  readonly variables: readonly Variable[]
  readonly mounts: readonly Mount[]
}

export const NO_ADDITIONS: ContainerAdditions = { variables: [], mounts: [] }

/** The variables of the groups of which the container has none, in their order; `all` of them where it has none of any. */
export function missingVariables(
  container: ContainerView,
  { groups, all }: { readonly groups: readonly VariableGroup[]; readonly all: readonly Variable[] },
  notes: Notes,
): readonly Variable[] {
  if (!all.some(({ name }) => hasVariable(container, name))) return all
  const missing: Variable[] = []
  for (const group of groups) {
    const present = group.reduce((count, { name }) => (hasVariable(container, name) ? count + 1 : count), 0)
    if (present === 0) missing.push(...group)
    else if (present < group.length) noteHalfSet(container, group, notes)
  }
  return missing
}

export function hasVariable(container: ContainerView, name: string): boolean {
  return container.variables?.has(name) ?? false
}

function noteHalfSet(container: ContainerView, variables: VariableGroup, notes: Notes): void {
  const set = variables.filter(({ name }) => hasVariable(container, name)).map(({ name }) => name)
  const unset = variables.filter(({ name }) => !hasVariable(container, name)).map(({ name }) => name)
  notes.addForContainer(
    'half-set-group',
    `${set.join()} is set by hand, so ${unset.join()} is not added`,
    container.name,
  )
}

/** Appends to what is there; lists that are missing are made. Nothing else of the container is touched. The operations go behind those given. */
export function patchContainer(
  container: ContainerView,
  additions: ContainerAdditions,
  operations: JsonPatchOperation[],
): void {
  const kept = KEPT_OPERATIONS.get(additions)
  if (kept === undefined) addOperations(container, additions, operations)
  else for (const operation of keptOperations(container, additions, kept)) operations.push(operation)
}

type KeptOperations = Map<number, readonly JsonPatchOperation[]>

const KEPT_OPERATIONS = new WeakMap<ContainerAdditions, KeptOperations>()

/** Few pods have more containers; what those get is written anew. */
const MOST_PLACES = 6

/** For additions that many containers get: what they do to a container is written once for each place in a pod. */
export function keepAdditions(additions: ContainerAdditions): void {
  KEPT_OPERATIONS.set(additions, new Map())
}

function keptOperations(
  container: ContainerView,
  additions: ContainerAdditions,
  kept: KeptOperations,
): readonly JsonPatchOperation[] {
  const place = placeOf(container)
  const known = kept.get(place)
  if (known !== undefined) return known
  const operations: JsonPatchOperation[] = []
  addOperations(container, additions, operations)
  if (kept.size < MOST_PLACES) {
    keepRun(operations)
    kept.set(place, operations)
  }
  return operations
}

/** One number for all that the operations depend on. */
function placeOf({ list, index, variables, mounts }: ContainerView): number {
  const inList = list === 'containers' ? 1 : 0
  return index * 8 + inList * 4 + (variables === undefined ? 2 : 0) + (mounts === undefined ? 1 : 0)
}

function addOperations(
  container: ContainerView,
  additions: ContainerAdditions,
  operations: JsonPatchOperation[],
): void {
  const { variables, mounts } = pathsOf(container)
  append(variables, { isMissing: container.variables === undefined, values: additions.variables }, operations)
  append(mounts, { isMissing: container.mounts === undefined, values: additions.mounts }, operations)
}

interface ListPaths {
  readonly whole: string
  /** Behind the last of it. */
  readonly end: string
}

interface ContainerPaths {
  readonly variables: ListPaths
  readonly mounts: ListPaths
}

/** The paths of a pod's first containers are made once. */
const MOST_KEPT = 100
const KEPT = { initContainers: [], containers: [] } as Record<ContainerView['list'], ContainerPaths[]>

function pathsOf({ list, index }: ContainerView): ContainerPaths {
  const kept = KEPT[list]
  while (kept.length <= index && kept.length < MOST_KEPT) kept.push(makePaths(list, kept.length))
  return kept[index] ?? makePaths(list, index)
}

function makePaths(list: ContainerView['list'], index: number): ContainerPaths {
  const pathsTo = (name: string): ListPaths => {
    const whole = `/spec/${list}/${index}/${name}`
    return { whole, end: `${whole}/-` }
  }
  return { variables: pathsTo('env'), mounts: pathsTo('volumeMounts') }
}

const DEEPEST_REWRITTEN = 100

/** Would it be the same when it is written again? Integers that only Go keeps whole, and nesting without end, are not. */
export function canBeRewritten(value: JsonValue, depth = 0): boolean {
  if (typeof value === 'number') return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return depth < DEEPEST_REWRITTEN && Object.values(value).every((part: JsonValue) => canBeRewritten(part, depth + 1))
}

/** The container as it will be, for a patch that replaces whole arrays. */
export function patchedContainer({ raw }: ContainerView, { variables, mounts }: ContainerAdditions): JsonObject {
  const listed = (name: string) => (Array.isArray(raw[name]) ? raw[name] : [])
  return {
    ...raw,
    ...(variables.length > 0 ? { env: [...listed('env'), ...variables] } : {}),
    ...(mounts.length > 0 ? { volumeMounts: [...listed('volumeMounts'), ...mounts] } : {}),
  }
}

interface List {
  readonly isMissing: boolean
  readonly values: readonly JsonObject[]
}

function append({ whole, end }: ListPaths, { isMissing, values }: List, operations: JsonPatchOperation[]): void {
  if (values.length === 0) return
  if (isMissing) {
    operations.push({ op: 'add', path: whole, value: values })
    return
  }
  for (const value of values) operations.push({ op: 'add', path: end, value })
}
