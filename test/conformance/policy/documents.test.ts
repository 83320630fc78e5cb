import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PolicyError } from '../../../src/core/index.ts'
import { identityFaultWords, parsePolicyDocument } from '../../../src/standards/policy/index.ts'

interface Vectors {
  readonly invalid_policy_document_test_cases: readonly {
    readonly document: object | string
    readonly error_message: string
  }[]
  readonly valid_policy_documents: readonly object[]
}

const FILE = new URL('../../vectors/policy/policy_documents.json', import.meta.url)
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors
const textOf = (document: object | string) => (typeof document === 'string' ? document : JSON.stringify(document))

/** What CreatePolicy answers, or undefined when it takes the document. */
function answerTo(text: string): string | undefined {
  try {
    parsePolicyDocument(text, 'identity', { oldestVersion: '2012-10-17' })
    return undefined
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return identityFaultWords(error)
  }
}

describe('the documents that AWS was asked to take', () => {
  it('are all here', () => {
    expect(vectors.invalid_policy_document_test_cases).toHaveLength(78)
    expect(vectors.valid_policy_documents).toHaveLength(54)
  })

  it.each(
    vectors.invalid_policy_document_test_cases.map(({ document, error_message }, index) => ({
      index,
      message: error_message,
      text: textOf(document),
    })),
  )('malformed document $index is refused: $message', ({ text, message }) => {
    expect(answerTo(text)).toBe(message)
  })

  it.each(vectors.valid_policy_documents.map((document, index) => ({ index, text: textOf(document) })))(
    'good document $index is taken and kept as it was written',
    ({ text }) => {
      expect(answerTo(text)).toBeUndefined()
      expect(parsePolicyDocument(text, 'identity').text).toBe(text)
    },
  )
})
