import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Check } from './model.ts'
import { NOT_REPORTED } from './not-reported.ts'
import { CHECKS, JSON_SYNTAX_ERROR } from './table.ts'

interface Row {
  readonly severity: 'Error' | 'Security Warning' | 'General Warning' | 'Suggestion'
  readonly name: string
  readonly findingDetails: string
}

const TYPES = {
  Error: 'ERROR',
  'Security Warning': 'SECURITY_WARNING',
  'General Warning': 'WARNING',
  Suggestion: 'SUGGESTION',
} as const

const rows = JSON.parse(
  readFileSync(new URL('../../../test/vectors/policy-findings/access-analyzer-checks.json', import.meta.url), 'utf8'),
) as readonly Row[]

/** AWS writes values in two ways, in one of them only sometimes. */
const sentence = (text: string): string => text.replaceAll(/\$\{(\w+)\}/g, '{{$1}}')
const codeOf = (name: string): string => name.toUpperCase().replaceAll(' ', '_')
const keyOf = (code: string, message: string): string => `${code}: ${message}`

const made = new Map(
  Object.entries<Pick<Check, 'type' | 'message'>>({ ...CHECKS, JSON_SYNTAX_ERROR }).map(([code, check]) => [
    keyOf(code, check.message),
    check.type,
  ]),
)
const notMade = new Set(NOT_REPORTED.map(({ issueCode, message }) => keyOf(issueCode, message)))

describe('the table of checks', () => {
  it('holds, with the list of those that are not made, exactly the 138 sentences of AWS', () => {
    expect(rows).toHaveLength(138)
    const documented = new Set(rows.map(({ name, findingDetails }) => keyOf(codeOf(name), sentence(findingDetails))))
    expect([...made.keys(), ...notMade].toSorted()).toEqual([...documented].toSorted())
    // Two of the 138 are printed twice.
    expect(documented.size).toBe(136)
  })

  it('makes no check that it says it does not make', () => {
    expect([...made.keys()].filter((key) => notMade.has(key))).toEqual([])
    for (const { because } of NOT_REPORTED) expect(because.length).toBeGreaterThan(20)
  })

  it.each(rows.filter(({ name, findingDetails }) => !notMade.has(keyOf(codeOf(name), findingDetails))))(
    'finds $name as $severity',
    ({ severity, name, findingDetails }) => {
      expect(made.get(keyOf(codeOf(name), sentence(findingDetails)))).toBe(TYPES[severity])
    },
  )
})
