import type { JsonObject, JsonValue } from '../../core/index.ts'
import { policyFault, syntaxFault } from './errors.ts'
import { isList, isObject, pointerTo } from './json.ts'
import { readConditions } from './read-conditions.ts'
import { readPrincipals } from './read-principals.ts'
import type { WrittenPatterns, WrittenStatement } from './written.ts'

interface Place {
  readonly index: number
  readonly where: string
}

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** `texts` is the same statement with its numbers as text. @throws PolicyError for what is not of the grammar's form */
export function readStatement(
  typed: JsonValue,
  texts: JsonValue | undefined,
  { index, where }: Place,
): WrittenStatement {
  if (!isObject(typed) || !isObject(texts)) throw syntaxFault(where, 'expected an object')
  for (const element of Object.keys(typed))
    if (!ELEMENTS.has(element)) throw syntaxFault(where, `expected no element \`${element}\``)
  const sid = typed.Sid
  if (sid !== undefined && typeof sid !== 'string') throw syntaxFault(`${where}/Sid`, 'expected a string')
  const actions = readPatterns(typed, { element: 'Action', where, nulls: 'refused' })
  const resources = readPatterns(typed, { element: 'Resource', where, nulls: 'ignored' })
  const principals = readPrincipals(typed, where)
  return {
    index,
    where,
    ...(sid === undefined ? {} : { sid }),
    effect: readEffect(typed.Effect, where),
    ...(actions === undefined ? {} : { actions }),
    ...(resources === undefined ? {} : { resources }),
    ...(principals === undefined ? {} : { principals }),
    conditions: texts.Condition === undefined ? [] : readConditions(texts.Condition, `${where}/Condition`),
  }
}

function readEffect(effect: JsonValue | undefined, where: string): string {
  if (effect === undefined)
    throw policyFault({ reason: 'missing-effect', where, message: 'expected an element `Effect`' })
  if (typeof effect !== 'string') throw syntaxFault(`${where}/Effect`, 'expected a string')
  const folded = effect.toLowerCase()
  if (folded === 'allow' || folded === 'deny') return effect
  throw policyFault({
    reason: 'effect',
    where: `${where}/Effect`,
    message: 'expected `Allow` or `Deny`',
    found: effect,
  })
}

interface PatternPlace {
  readonly element: 'Action' | 'Resource'
  readonly where: string
  /** IAM takes `null` among resources, and it is nothing. */
  readonly nulls: 'refused' | 'ignored'
}

function readPatterns(statement: JsonObject, place: PatternPlace): WrittenPatterns | undefined {
  const { element, where } = place
  const [plain, not] = [statement[element], statement[`Not${element}`]]
  if (plain !== undefined && not !== undefined)
    throw syntaxFault(where, `expected either \`${element}\` or \`Not${element}\``)
  const isNot = not !== undefined
  const value = plain ?? not
  if (value === undefined) return undefined
  return { not: isNot, patterns: readTexts(value, { ...place, where: `${where}/${isNot ? 'Not' : ''}${element}` }) }
}

function readTexts(value: JsonValue, { where, nulls }: PatternPlace): readonly string[] {
  if (typeof value === 'string') return [value]
  if (!isList(value)) throw syntaxFault(where, 'expected a string or a list of strings')
  const texts: string[] = []
  for (const [at, item] of value.entries()) {
    if (item === null && nulls === 'ignored') continue
    if (typeof item !== 'string') throw syntaxFault(pointerTo(where, at), 'expected a string')
    texts.push(item)
  }
  return texts
}
