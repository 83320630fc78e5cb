import { ConfigError, type JsonValue, parseStrictJson } from '../../core/index.ts'
import { createLocator, type ElementPath, findJsonFaults, type TextPosition } from '../../standards/json-text/index.ts'
import { checkSchema } from './check-schema.ts'
import { policyTestSchema } from './test-schema.ts'
import type { Outcome } from './verdict.ts'

/** A policy as a test file writes it: a document, the path of one, or an ARN. */
export type WrittenPolicy = string | Readonly<Record<string, JsonValue>>

export interface WrittenRequest {
  readonly principal?: string
  readonly action?: string
  readonly resource?: string
  readonly resourceAccount?: string
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

export interface WrittenPolicies {
  readonly identity?: readonly WrittenPolicy[]
  readonly boundary?: WrittenPolicy
  readonly session?: WrittenPolicy
  readonly resource?: WrittenPolicy
  readonly scp?: readonly (readonly WrittenPolicy[])[]
  readonly rcp?: readonly (readonly WrittenPolicy[])[]
  readonly endpoint?: WrittenPolicy
}

/** What may stand at the top for all cases, and in a case for itself. */
export interface WrittenDefaults {
  readonly request?: WrittenRequest
  readonly policies?: WrittenPolicies
  readonly expect?: Outcome
}

export interface WrittenCase extends WrittenDefaults {
  readonly name: string
}

/** A test file, read. */
export interface PolicyTestFile extends WrittenDefaults {
  readonly path: string
  readonly cases: readonly WrittenCase[]
  /** Where an element stands: names and indexes from the root. */
  positionOf(path: ElementPath): TextPosition
}

/**
 * Reads a test file, YAML or JSON. Every scalar is text: an account's zeros, a number's decimals and a date stay as they were written.
 * @throws ConfigError with line, column and what is wrong
 */
export async function readTestFile(path: string, text: string): Promise<PolicyTestFile> {
  const { value, positionOf: place } = /^\s*[[{]/.test(text) ? readJson(path, text) : await readYaml(path, text)
  const found = checkSchema(policyTestSchema, value)
  if (found !== undefined) throw faultAt(path, place(found.path), `${found.path.join('.')}: ${found.what}`)
  return { path, ...(value as Omit<PolicyTestFile, 'path' | 'positionOf'>), positionOf: place }
}

interface ReadText {
  readonly value: unknown
  positionOf(path: ElementPath): TextPosition
}

function readJson(path: string, text: string): ReadText {
  const [first] = findJsonFaults(text)
  if (first !== undefined) throw faultAt(path, first, first.what)
  return {
    value: allTexts(parseStrictJson(text, { numbers: 'text' })),
    positionOf: createLocator(text),
  }
}

/** JSON's booleans as the texts that YAML reads them as; there are no others left than they and null. */
function allTexts(value: JsonValue): JsonValue {
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(allTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, allTexts(member)]))
}

async function readYaml(path: string, text: string): Promise<ReadText> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw faultAt(path, { line, column: col }, error.message)
  }
  return {
    value: document.toJS(),
    positionOf: (steps) => {
      for (let length = steps.length; length >= 0; length -= 1) {
        const node = document.getIn(steps.slice(0, length), true) as { range?: readonly number[] } | undefined
        const start = node?.range?.[0]
        if (start === undefined) continue
        const { line, col } = lines.linePos(start)
        return { line, column: col }
      }
      return { line: 1, column: 1 }
    },
  }
}

function faultAt(path: string, { line, column }: TextPosition, what: string): ConfigError {
  return new ConfigError(`${path}:${line}:${column}: ${what}`, {
    hint: 'the form of test files is docs/reference/policy-test.schema.json',
  })
}
