import type { JsonObject, JsonValue } from '../../core/index.ts'
import type { ElementPath } from '../json-text/index.ts'
import type { PolicyKind } from '../policy/index.ts'
import type { Draft, DraftCondition, DraftPrincipals, DraftStatement, Item, Listing } from './model.ts'
import { parseOperatorForm } from './operator-form.ts'

/** Reads what can be read: nothing is refused here. */
export function readDraft(root: JsonObject, kind: PolicyKind, text: string): Draft {
  const { Statement } = root
  const path = ['Statement']
  const found = isList(Statement)
    ? Statement.map((json, index) => [json, [...path, index]] as const)
    : [[Statement, path] as const]
  return {
    kind,
    text,
    root,
    statements: found.flatMap(([json, at]) => (isObject(json) ? [readStatement(json, at)] : [])),
  }
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

function readStatement(json: JsonObject, path: ElementPath): DraftStatement {
  const actions = readListing(json, 'Action', path)
  const resources = readListing(json, 'Resource', path)
  const principals = readPrincipals(json, path)
  return {
    path,
    json,
    effect: json.Effect,
    ...(actions === undefined ? {} : { actions }),
    ...(resources === undefined ? {} : { resources }),
    ...(principals === undefined ? {} : { principals }),
    conditions: readConditions(json.Condition, [...path, 'Condition']),
  }
}

function readListing(json: JsonObject, name: string, parent: ElementPath): Listing | undefined {
  const element = json[name] === undefined ? `Not${name}` : name
  const value = json[element]
  if (value === undefined) return undefined
  const path = [...parent, element]
  return {
    element,
    not: element !== name,
    path,
    items: itemsOf(value, path),
    isEmpty: isList(value) && value.length === 0,
  }
}

function itemsOf(value: JsonValue, path: ElementPath): readonly Item[] {
  if (typeof value === 'string') return [{ text: value, path }]
  if (!isList(value)) return []
  return value.flatMap((text, index) => (typeof text === 'string' ? [{ text, path: [...path, index] }] : []))
}

function readPrincipals(json: JsonObject, parent: ElementPath): DraftPrincipals | undefined {
  const element = json.Principal === undefined ? 'NotPrincipal' : 'Principal'
  const value = json[element]
  if (value === undefined) return undefined
  const path = [...parent, element]
  const entries = isObject(value)
    ? Object.entries(value).flatMap(([type, names]) =>
        itemsOf(names, [...path, type]).map((item) => ({ type, ...item })),
      )
    : []
  return { not: element === 'NotPrincipal', path, isStar: value === '*', entries }
}

function readConditions(block: JsonValue | undefined, path: ElementPath): readonly DraftCondition[] {
  if (!isObject(block)) return []
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isObject(keys)) return []
    const form = parseOperatorForm(operator)
    return Object.entries(keys).map(([key, value]) => {
      const at = [...path, operator, key]
      return {
        operator,
        ...(form === undefined ? {} : { form }),
        key,
        path: at,
        isList: isList(value),
        values: valuesOf(value, at),
      }
    })
  })
}

function valuesOf(value: JsonValue, path: ElementPath): DraftCondition['values'] {
  if (!isList(value)) return [{ json: value, text: textOf(value), path }]
  return value.map((json, index) => ({ json, text: textOf(json), path: [...path, index] }))
}

/** As text, without quotes; strict JSON's objects have no `toString`. */
const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value))
