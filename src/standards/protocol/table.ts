/** The form of the generated tables: plain data, so that they load fast and read well in a diff. */
import type { ProtocolName, ServiceName } from './model.ts'

/**
 * Name of a shape in the table, or one of the simple ones with a dot in front:
 * `.string`, `.number`, `.boolean`, `.timestamp` (the protocol's own form), `.datetime`, `.httpdate`, `.epoch`, `.document`, `.blob`, `.stream`,
 * `.unit`; with `[]` a list of it, with `{}` a map from strings to it.
 */
export type ShapeRef = string

/** A member: its shape, or its shape with traits. */
export type MemberRow = ShapeRef | readonly [shape: ShapeRef, traits: MemberTraits]

/** Where a member stands on the wire, where that is not simply under its own name in the body. */
export interface MemberTraits {
  readonly label?: true
  readonly header?: string
  readonly query?: string
  readonly payload?: true
  readonly prefixHeaders?: string
  readonly idempotencyToken?: true
  readonly sensitive?: true
  readonly xmlName?: string
  readonly flattened?: true
  readonly attribute?: true
}

export interface StructureShape {
  readonly kind: 'structure'
  /** Name of the root element, where it is not the shape's own. */
  readonly xmlName?: string
  /** How many of the first members are required. */
  readonly required?: number
  readonly members: Readonly<Record<string, MemberRow>>
}
export interface ListShape {
  readonly kind: 'list'
  readonly item: MemberRow
}
export interface MapShape {
  readonly kind: 'map'
  readonly value: MemberRow
}
export type Shape = StructureShape | ListShape | MapShape

export interface OperationRow {
  readonly input: ShapeRef
  readonly output: ShapeRef
  /** Method, path template with query literals, status of success. */
  readonly http?: readonly [method: string, uri: string, status: number]
}

/** What a generated file says of one service. */
export interface ServiceTable {
  readonly name: ServiceName
  readonly signingName: string
  readonly protocol: ProtocolName
  readonly apiVersion: string
  readonly xmlNamespace?: string
  readonly targetPrefix?: string
  readonly operations: Readonly<Record<string, OperationRow>>
  /** By wire code: HTTP status and members of AWS's modelled errors. */
  readonly errors: Readonly<Record<string, { readonly status: number; readonly members: readonly string[] }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

/** Limits of one input shape; lengths for strings and lists, values for numbers. */
export interface ConstraintRow {
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  /** The value must not be repeated in an error. */
  readonly sensitive?: true
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, string>>
  readonly item?: string
  readonly key?: string
  readonly value?: string
}

export interface ConstraintTable {
  /** Operation to the name of its input shape; operations without any constraint are missing. */
  readonly operations: Readonly<Record<string, string>>
  readonly shapes: Readonly<Record<string, ConstraintRow>>
}
