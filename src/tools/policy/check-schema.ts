import type { ElementPath } from '../../standards/json-text/index.ts'
import type { Schema } from './test-schema.ts'

/** What does not fit, and where: names and indexes from the root. */
export interface SchemaFault {
  readonly path: ElementPath
  readonly what: string
}

/** The first thing in a value that the schema does not allow; undefined when it fits. */
export function checkSchema(schema: Schema, value: unknown, path: ElementPath = []): SchemaFault | undefined {
  if (schema.oneOf !== undefined) return checkOneOf(schema.oneOf, value, path)
  return schema.type === undefined ? undefined : CHECKS[schema.type](schema, value, path)
}

const fault = (path: ElementPath, what: string): SchemaFault => ({ path, what })

function checkOneOf(schemas: readonly Schema[], value: unknown, path: ElementPath): SchemaFault | undefined {
  const fitting = schemas.find(({ type }) => type === typeOf(value))
  if (fitting !== undefined) return checkSchema(fitting, value, path)
  return fault(
    path,
    `expected ${schemas.map(({ type }) => NAMES[type ?? 'object']).join(' or ')}, found ${nameOf(value)}`,
  )
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

function checkText(schema: Schema, value: unknown, path: ElementPath): SchemaFault | undefined {
  if (typeof value !== 'string') return fault(path, `expected a text, found ${nameOf(value)}`)
  if (value.length < (schema.minLength ?? 0)) return fault(path, 'expected a text that is not empty')
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return fault(path, `expected ${schema.enum.join(', ')}, found \`${value.slice(0, 60)}\``)
  return undefined
}

function checkList({ items = {}, minItems = 0 }: Schema, value: unknown, path: ElementPath): SchemaFault | undefined {
  if (!Array.isArray(value)) return fault(path, `expected a list, found ${nameOf(value)}`)
  if (value.length < minItems) return fault(path, `expected ${minItems} at least`)
  for (const [index, item] of value.entries()) {
    const found = checkSchema(items, item, [...path, index])
    if (found !== undefined) return found
  }
  return undefined
}

function checkObject(schema: Schema, value: unknown, path: ElementPath): SchemaFault | undefined {
  if (typeOf(value) !== 'object') return fault(path, `expected an object, found ${nameOf(value)}`)
  const { properties = {}, required = [], additionalProperties } = schema
  const entries = Object.entries(value as Record<string, unknown>)
  for (const name of required)
    if (!entries.some(([key]) => key === name)) return fault(path, `expected an element \`${name}\``)
  for (const [key, member] of entries) {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (known === false || known === undefined)
      return fault(
        [...path, key],
        `expected one of ${Object.keys(properties).join(', ')}, found \`${key.slice(0, 60)}\``,
      )
    const found = checkSchema(known, member, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

const CHECKS = { string: checkText, array: checkList, object: checkObject } as const
