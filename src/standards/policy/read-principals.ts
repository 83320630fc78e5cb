import type { JsonObject, JsonValue } from '../../core/index.ts'
import { policyFault, syntaxFault } from './errors.ts'
import { isList, isObject, pointerTo } from './json.ts'
import type { PrincipalEntry } from './model.ts'
import type { WrittenStatement } from './written.ts'

const TYPES: ReadonlySet<string> = new Set<PrincipalEntry['type']>(['AWS', 'Federated', 'Service', 'CanonicalUser'])

/** `Principal` or `NotPrincipal`. `"*"` is `{"AWS": "*"}`. @throws PolicyError for what is not of the grammar's form */
export function readPrincipals(statement: JsonObject, parent: string): WrittenStatement['principals'] {
  const { Principal: plain, NotPrincipal: not } = statement
  if (plain !== undefined && not !== undefined)
    throw syntaxFault(parent, 'expected either `Principal` or `NotPrincipal`')
  const value = plain ?? not
  if (value === undefined) return undefined
  const isNot = not !== undefined
  const where = `${parent}/${isNot ? 'NotPrincipal' : 'Principal'}`
  if (value === '*') return { not: isNot, entries: [{ type: 'AWS', value }], isStar: true }
  if (!isObject(value)) {
    throw policyFault({
      reason: 'principal',
      where,
      message: 'expected an object',
      found: typeof value === 'string' ? JSON.stringify(value) : '',
    })
  }
  const entries = Object.entries(value).flatMap(([type, values]) => readEntries(type, values, pointerTo(where, type)))
  return { not: isNot, entries, isStar: false }
}

function readEntries(type: string, values: JsonValue, where: string): readonly PrincipalEntry[] {
  if (!isType(type)) {
    throw policyFault({
      reason: 'principal',
      where,
      message: `expected \`AWS\`, \`Federated\`, \`Service\` or \`CanonicalUser\`, found \`${type}\``,
      found: JSON.stringify(type),
    })
  }
  const list = isList(values) ? values : [values]
  return list.map((value, at) => {
    if (typeof value === 'string') return { type, value }
    throw syntaxFault(isList(values) ? pointerTo(where, at) : where, 'expected a string')
  })
}

function isType(text: string): text is PrincipalEntry['type'] {
  return TYPES.has(text)
}
