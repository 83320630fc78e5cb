import type { JsonValue } from '../../../core/index.ts'
import { eachCondition, eachStatement } from '../each.ts'
import { covers, hasWildcard } from '../globs.ts'
import type { CheckTable, Hit, Item, Listing } from '../model.ts'
import { isList, isObject } from '../read-draft.ts'

/** What could be left out without any change. */
export const REDUNDANCY_CHECKS = {
  REDUNDANT_ACTION: {
    type: 'SUGGESTION',
    message:
      'The {{redundantActionCount}} action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: {{redundantAction}}.',
    find: eachStatement(function* find({ actions }) {
      const found = redundantItems(actions, (text) => text.toLowerCase())
      const [first] = found
      if (first === undefined) return
      yield { ...hitOf(found), values: { redundantActionCount: found.length, redundantAction: first.text } }
    }),
  },
  REDUNDANT_RESOURCE: {
    type: 'SUGGESTION',
    message:
      'The {{redundantResourceCount}} resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*)',
    find: eachStatement(function* find({ resources }) {
      const found = redundantItems(resources, (text) => text)
      if (found.length > 0) yield { ...hitOf(found), values: { redundantResourceCount: found.length } }
    }),
  },
  REDUNDANT_STATEMENT: {
    type: 'SUGGESTION',
    message:
      'The statements are redundant because they provide identical permissions. Update the policy to remove the redundant statement.',
    *find({ statements }) {
      const seen = new Map<string, Hit['at'][]>()
      for (const { json, path } of statements) {
        const { Sid: _, ...rest } = json
        const text = JSON.stringify(canonical(rest))
        seen.set(text, [...(seen.get(text) ?? []), path])
      }
      for (const [first, ...more] of seen.values())
        if (first !== undefined && more.length > 0) yield { at: first, alsoAt: more }
    },
  },
  REDUNDANT_CONDITION_VALUE_NUM: {
    type: 'SUGGESTION',
    message:
      'Multiple values in {{operator}} are redundant. Replace with the {{greatest/least}} single value for {{key}}.',
    find: eachCondition(function* find({ form, operator, key, path, values }) {
      const [, relation] = /^Numeric(Less|Greater)Than/.exec(form?.name ?? '') ?? []
      if (relation === undefined || values.length < 2) return
      yield { at: path, values: { operator, key, 'greatest/least': relation === 'Less' ? 'greatest' : 'least' } }
    }),
  },
} as const satisfies CheckTable

/** Texts that another one of the same list stands for too; of equal ones all but the first. */
function redundantItems(listing: Listing | undefined, fold: (text: string) => string): readonly Item[] {
  const items = (listing?.items ?? []).map((item) => ({ item, text: fold(item.text) }))
  const wide = items.filter(({ text }) => hasWildcard(text))
  const seen = new Set<string>()
  return items.flatMap(({ item, text }) => {
    const isRepeated = seen.has(text)
    seen.add(text)
    return isRepeated || wide.some((other) => other.text !== text && covers(other.text, text)) ? [item] : []
  })
}

function hitOf([first, ...more]: readonly Item[]): Hit {
  return { at: first?.path ?? [], alsoAt: more.map(({ path }) => path) }
}

/** The same text for the same meaning: keys and items in order, a single text as a list of it. */
function canonical(value: JsonValue): JsonValue {
  if (typeof value === 'string') return [value]
  if (isList(value)) return value.map((item) => (typeof item === 'string' ? item : canonical(item))).toSorted(byText)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(byText)
      .map(([key, member]) => [key, canonical(member)]),
  )
}

function byText(one: unknown, other: unknown): number {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)]
  if (left === right) return 0
  return left < right ? -1 : 1
}
