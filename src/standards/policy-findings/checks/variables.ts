import { eachStatement } from '../each.ts'
import type { Check, CheckTable, DraftStatement, Hit, Item } from '../model.ts'

/** What stands behind `${`, up to the brace that closes it; without one, up to the end. */
interface WrittenVariable {
  readonly inside: string
  readonly isClosed: boolean
}

export const VARIABLE_CHECKS = {
  MISSING_BRACE_IN_VARIABLE: {
    type: 'ERROR',
    message: 'The policy variable is missing a closing curly brace. Add } after the variable text.',
    find: eachVariable(({ isClosed }) => !isClosed),
  },
  EMPTY_VARIABLE: {
    type: 'ERROR',
    message: `Empty policy variable. Remove the \${ } variable structure or provide a variable within the structure.`,
    find: eachVariable(({ inside, isClosed }) => isClosed && inside.trim() === ''),
  },
  UNSUPPORTED_SPACE_IN_VARIABLE: {
    type: 'ERROR',
    message: 'A space is not supported within the policy variable text. Remove the space.',
    // One space behind the comma is how a default value is written.
    find: eachVariable(({ inside, isClosed }) => {
      const [name = ''] = inside.split(',')
      return isClosed && inside.trim() !== '' && /\s/.test(name)
    }),
  },
  MISSING_QUOTE_IN_VARIABLE: {
    type: 'ERROR',
    message: 'The policy variable default value must begin and end with a single quote. Add the missing quote.',
    find: eachVariable(({ inside, isClosed }) => {
      const comma = inside.indexOf(',')
      return isClosed && comma >= 0 && !/^'.*'$/.test(inside.slice(comma + 1).trim())
    }),
  },
  VARIABLE_UNSUPPORTED_IN_ELEMENT: {
    type: 'ERROR',
    message:
      'Policy variables are supported in the Resource and Condition elements. Remove the policy variable {{variable}} from this element.',
    find: eachStatement(function* find(statement) {
      for (const { text, path } of plainTexts(statement))
        for (const { inside } of variablesIn(text)) yield { at: path, values: { variable: `\${${inside}}` } }
    }),
  },
  VARIABLE_UNSUPPORTED_IN_VERSION: {
    type: 'ERROR',
    message: 'To include variables in your policy, use the policy version 2012-10-17 or later.',
    *find({ root: { Version: version }, statements }) {
      // Of a version that there is not, a check of its own speaks.
      if (version !== undefined && version !== '2008-10-17') return
      for (const statement of statements)
        for (const { text, path } of templates(statement))
          if (variablesIn(text).some(({ inside, isClosed }) => isClosed && inside.includes(':'))) yield { at: path }
    },
  },
} as const satisfies CheckTable

/** Texts in which variables are read. */
function templates({ resources, conditions }: DraftStatement): readonly Item[] {
  const values = conditions.flatMap((condition) => condition.values.filter(({ json }) => typeof json === 'string'))
  return [...(resources?.items ?? []), ...values]
}

/** Texts in which a variable is none. */
function plainTexts({ json, path, actions, principals }: DraftStatement): readonly Item[] {
  const single = ['Sid', 'Effect'].flatMap((element) => {
    const text = json[element]
    return typeof text === 'string' ? [{ text, path: [...path, element] }] : []
  })
  return [...single, ...(actions?.items ?? []), ...(principals?.entries ?? [])]
}

function eachVariable(isWrong: (variable: WrittenVariable) => boolean): Check['find'] {
  return eachStatement(function* find(statement): Iterable<Hit> {
    for (const { text, path } of templates(statement)) if (variablesIn(text).some(isWrong)) yield { at: path }
  })
}

function variablesIn(text: string): readonly WrittenVariable[] {
  const found: WrittenVariable[] = []
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 2)) {
    const end = text.indexOf('}', at)
    // Another one begins before this one ends.
    const next = text.indexOf('${', at + 2)
    const isClosed = end >= 0 && (next < 0 || end < next)
    found.push({ inside: text.slice(at + 2, isClosed ? end : undefined), isClosed })
  }
  return found
}
