import type { ElementPath } from '../../standards/json-text/index.ts'
import type { Schema } from './test-schema.ts'

/** What does not fit, and where: names and indexes from the root. */
export interface SchemaFault {
  readonly path: ElementPath
  readonly what: string
}

/** The first thing in a value that the schema does not allow; undefined when it fits. */
export function checkSchema(schema: Schema, value: unknown): SchemaFault | undefined {
  if (schema.oneOf !== undefined) return checkOneOf(schema.oneOf, value)
  return schema.type === undefined ? undefined : CHECKS[schema.type](schema, value)
}

const fault = (what: string): SchemaFault => ({ path: [], what })

/** A fault of a member, seen from what it is a member of. */
function under(step: string | number, { path, what }: SchemaFault): SchemaFault {
  return { path: [step, ...path], what }
}

function checkOneOf(schemas: readonly Schema[], value: unknown): SchemaFault | undefined {
  const fitting = schemas.find(({ type }) => type === typeOf(value))
  if (fitting !== undefined) return checkSchema(fitting, value)
  return fault(`expected ${schemas.map(({ type }) => NAMES[type ?? 'object']).join(' or ')}, found ${nameOf(value)}`)
}

const NAMES = { object: 'an object', array: 'a list', string: 'a text' } as const

function typeOf(value: unknown): Schema['type'] {
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'object' && value !== null ? 'object' : undefined
}

function nameOf(value: unknown): string {
  const type = typeOf(value)
  return type === undefined ? 'nothing' : NAMES[type]
}

function checkText(schema: Schema, value: unknown): SchemaFault | undefined {
  if (typeof value !== 'string') return fault(`expected a text, found ${nameOf(value)}`)
  if (value.length < (schema.minLength ?? 0)) return fault('expected a text that is not empty')
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return fault(`expected ${schema.enum.join(', ')}, found \`${value.slice(0, 60)}\``)
  return undefined
}

function checkList({ items = {}, minItems = 0 }: Schema, value: unknown): SchemaFault | undefined {
  if (!Array.isArray(value)) return fault(`expected a list, found ${nameOf(value)}`)
  if (value.length < minItems) return fault(`expected ${minItems} at least`)
  for (const [index, item] of value.entries()) {
    const found = checkSchema(items, item)
    if (found !== undefined) return under(index, found)
  }
  return undefined
}

function checkObject(schema: Schema, value: unknown): SchemaFault | undefined {
  if (typeOf(value) !== 'object') return fault(`expected an object, found ${nameOf(value)}`)
  const { properties = {}, required = [], additionalProperties } = schema
  const members = value as Record<string, unknown>
  for (const name of required) if (!Object.hasOwn(members, name)) return fault(`expected an element \`${name}\``)
  // A policy's own members are for its parser.
  if (schema.properties === undefined && isFree(additionalProperties)) return undefined
  for (const [key, member] of Object.entries(members)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (known === false || known === undefined)
      return under(key, fault(`expected one of ${Object.keys(properties).join(', ')}, found \`${key.slice(0, 60)}\``))
    const found = checkSchema(known, member)
    if (found !== undefined) return under(key, found)
  }
  return undefined
}

/** A schema that says nothing. */
function isFree(schema: Schema['additionalProperties']): boolean {
  return schema !== undefined && schema !== false && schema.type === undefined && schema.oneOf === undefined
}

const CHECKS = { string: checkText, array: checkList, object: checkObject } as const
