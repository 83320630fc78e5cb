import { describe, expect, it, test } from 'vitest'
import { findFindings } from './find-findings.ts'
import { CHECKS } from './table.ts'
import { CASES } from './testing/cases.ts'
import { documentOf } from './testing/documents.ts'
import { smallCatalogue as catalogue } from './testing/small-catalogue.ts'

const rows = Object.entries(CASES).map(([code, one]) => ({ code, ...one }))

function codesOf(text: string, kind: (typeof rows)[number]['kind']): readonly string[] {
  return findFindings(text, { kind, catalogue }).map(({ issueCode }) => issueCode)
}

describe('each check', () => {
  it('has a document that it finds, and one that it does not', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(CHECKS).toSorted())
  })

  test.each(rows)('$code is found', ({ code, kind, bad, says }) => {
    const found = findFindings(documentOf(kind, bad), { kind, catalogue }).filter(({ issueCode }) => issueCode === code)
    expect(found.length).toBeGreaterThan(0)
    for (const { message, locations } of found) {
      expect(message).not.toMatch(/\{\{/)
      expect(locations.length).toBeGreaterThan(0)
    }
    if (says !== undefined) expect(found[0]?.message).toContain(says)
  })

  test.each(rows)('$code is not found in what is right', ({ code, kind, good }) => {
    expect(codesOf(documentOf(kind, good), kind)).not.toContain(code)
  })
})

describe('documents that are right', () => {
  test.each(['identity', 'resource', 'boundary', 'session', 'service-control'] as const)(
    'a plain policy of kind %s has no finding',
    (kind) => {
      expect(codesOf(documentOf(kind, {}), kind)).toEqual([])
    },
  )

  it('a trust policy that asks for one service account and one audience is only asked about the audience', () => {
    expect(codesOf(documentOf('trust', {}), 'trust')).toEqual(['CONFIRM_AUDIENCE_CLAIM_TYPE'])
  })
})
