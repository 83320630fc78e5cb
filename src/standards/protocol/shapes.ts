import type { MemberRow, MemberTraits, ServiceTable, Shape, ShapeRef, StructureShape } from './table.ts'

/** Simple types of the wire; what each looks like depends on the protocol and the place. */
export type SimpleType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'datetime'
  | 'httpdate'
  | 'epoch'
  | 'document'
  | 'blob'
  | 'stream'

export type ResolvedShape = Shape | { readonly kind: 'simple'; readonly type: SimpleType }

const NO_TRAITS: MemberTraits = {}
const EMPTY: StructureShape = { kind: 'structure', members: {} }

/** Name and traits of a member row. */
export function memberOf(row: MemberRow): { readonly ref: ShapeRef; readonly traits: MemberTraits } {
  return typeof row === 'string' ? { ref: row, traits: NO_TRAITS } : { ref: row[0], traits: row[1] }
}

/** One member of a structure, taken apart. */
export interface Member {
  /** As AWS's API names it. */
  readonly name: string
  /** As it is written in a form or in XML. */
  readonly written: string
  readonly row: MemberRow
  readonly ref: ShapeRef
  readonly traits: MemberTraits
}

/** Shapes are those of generated tables: there are so many, and each is taken apart once. */
const MEMBERS = new WeakMap<StructureShape, readonly Member[]>()

/** The members of a structure, in the order of the model. */
export function membersOf(shape: StructureShape): readonly Member[] {
  const known = MEMBERS.get(shape)
  if (known !== undefined) return known
  const members = Object.entries(shape.members).map(([name, row]) => {
    const { ref, traits } = memberOf(row)
    return { name, written: traits.xmlName ?? name, row, ref, traits }
  })
  MEMBERS.set(shape, members)
  return members
}

/** What a reference of the table stands for. */
export function resolveShape(table: ServiceTable, ref: ShapeRef): ResolvedShape {
  if (!ref.startsWith('.')) return table.shapes[ref] ?? EMPTY
  if (ref === '.unit') return EMPTY
  if (ref.endsWith('[]')) return { kind: 'list', item: ref.slice(0, -2) }
  if (ref.endsWith('{}')) return { kind: 'map', value: ref.slice(0, -2) }
  return { kind: 'simple', type: ref.slice(1) as SimpleType }
}

/** The structure that a reference stands for; the empty one when it is none. */
export function structureOf(table: ServiceTable, ref: ShapeRef): StructureShape {
  const shape = resolveShape(table, ref)
  return shape.kind === 'structure' ? shape : EMPTY
}

/** A record whose keys the caller chose: without a prototype, so that `__proto__` is a key like any other. */
export function emptyRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

/** True for what has members of its own, rather than being a list, bytes or a date. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  )
}
