import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CAUSES, findDenialCause } from '../../src/cloud/denials/index.ts'
import { causesOfText } from '../../src/tools/explain/causes-of-text.ts'

const codes = Object.entries(CAUSES).map(([name, [code, rung, summary]]) => ({ name, code, rung, summary }))
const pages = readdirSync('docs/errors').filter((name) => name !== 'README.md')
const pageOf = (code: string): string => readFileSync(`docs/errors/${code}.md`, 'utf8')

test('every code has a page and every page a code', () => {
  expect(pages.toSorted()).toEqual(codes.map(({ code }) => `${code}.md`).toSorted())
})

test('no code is given twice', () => {
  expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length)
})

describe.each(codes)('the page of $code $name', ({ code, name, rung, summary }) => {
  test('is headed by the sentence that the user sees, and says which code and rung it is', () => {
    const [, heading, , line] = pageOf(code).split('\n')
    expect(heading).toMatch(/^# .{8,}/)
    expect(line).toMatch(/^(`\w+`, HTTP [45]\d\d|`openirsa trust check`) · /)
    expect(line).toContain(`**${code} ${name}** · stopped at: ${rung}`)
  })

  test('is headed by a sentence that `openirsa explain TEXT` leads back from', () => {
    const [, heading = ''] = pageOf(code).split('\n')
    const [, answer] = /^`(\w+)`/m.exec(pageOf(code)) ?? []
    // What an audit finds was no answer to anybody: only its code leads back.
    if (answer === undefined) return expect(findDenialCause(code)?.name).toBe(name)
    expect(causesOfText(`${answer}: ${heading.slice(2)}`).map((cause) => cause.code)).toContain(code)
  })

  test('says more than the one line that explain prints: what it means, how to find it, the fix', () => {
    const [, means = '', find = '', fix = ''] = pageOf(code).split(/^## (?:What it means|How to find it|The fix)$/m)
    for (const part of [means, find, fix]) expect(part.split(/\s+/).length).toBeGreaterThan(25)
    expect(pageOf(code)).toContain(`**${summary}**`)
  })
})
