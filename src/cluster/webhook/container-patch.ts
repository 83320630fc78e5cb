import type { JsonObject } from '../../core/index.ts'
import type { JsonPatchOperation } from './model.ts'
import type { Notes } from './notes.ts'
import type { ContainerView } from './pod-view.ts'

/** Variables that are added together or not at all: one that is set by hand keeps all of them out. */
export interface VariableGroup {
  readonly variables: readonly Variable[]
  /** Half of it set by hand is worth a warning. */
  readonly isWarnedOf: boolean
}

export interface Variable {
  readonly name: string
  readonly value: string
}

export interface Mount {
  readonly name: string
  readonly path: string
}

/** What one container lacks. */
export interface ContainerAdditions {
  readonly variables: readonly Variable[]
  readonly mounts: readonly Mount[]
}

/** The variables of the groups of which the container has none, in their order. */
export function missingVariables(
  container: ContainerView,
  groups: readonly VariableGroup[],
  notes: Notes,
): readonly Variable[] {
  return groups.flatMap((group) => {
    const present = group.variables.filter(({ name }) => hasVariable(container, name))
    if (present.length === 0) return group.variables
    if (group.isWarnedOf && present.length < group.variables.length) noteHalfSet(container, group, notes)
    return []
  })
}

export function hasVariable(container: ContainerView, name: string): boolean {
  return container.variables?.has(name) ?? false
}

function noteHalfSet(container: ContainerView, { variables }: VariableGroup, notes: Notes): void {
  const set = variables.filter(({ name }) => hasVariable(container, name)).map(({ name }) => name)
  const unset = variables.filter(({ name }) => !hasVariable(container, name)).map(({ name }) => name)
  notes.addForContainer(
    'half-set-group',
    `${set.join()} is set by hand, so ${unset.join()} is not added`,
    container.name,
  )
}

/** Appends to what is there; lists that are missing are made. Nothing else of the container is touched. */
export function patchContainer(container: ContainerView, additions: ContainerAdditions): readonly JsonPatchOperation[] {
  const at = `/spec/${container.list}/${container.index}`
  return [
    ...append(`${at}/env`, container.variables === undefined, additions.variables.map(renderVariable)),
    ...append(`${at}/volumeMounts`, container.mounts === undefined, additions.mounts.map(renderMount)),
  ]
}

/** The container as it will be, for a patch that replaces whole arrays. */
export function patchedContainer({ raw }: ContainerView, { variables, mounts }: ContainerAdditions): JsonObject {
  const listed = (name: string) => (Array.isArray(raw[name]) ? raw[name] : [])
  return {
    ...raw,
    ...(variables.length > 0 ? { env: [...listed('env'), ...variables.map(renderVariable)] } : {}),
    ...(mounts.length > 0 ? { volumeMounts: [...listed('volumeMounts'), ...mounts.map(renderMount)] } : {}),
  }
}

function append(path: string, isMissing: boolean, values: readonly JsonObject[]): readonly JsonPatchOperation[] {
  if (values.length === 0) return []
  if (isMissing) return [{ op: 'add', path, value: values }]
  return values.map((value) => ({ op: 'add', path: `${path}/-`, value }))
}

function renderVariable({ name, value }: Variable): JsonObject {
  return { name, value }
}

function renderMount({ name, path }: Mount): JsonObject {
  return { name, readOnly: true, mountPath: path }
}
