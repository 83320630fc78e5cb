import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../core/index.ts'
import { DENIAL, openPages, type PagesUnderTest } from '../up/testing/pages-under-test.ts'
import { explainNewest, explainText } from './explain.ts'

let pages: PagesUnderTest

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages.close())

describe('explain', () => {
  test('a code or its name needs no installation', async () => {
    for (const word of ['IRSA301', 'irsa301', 'trust-sub', ' IRSA301\n'])
      expect(await explainText('/nowhere', word)).toMatchObject({ kind: 'code', causes: [{ code: 'IRSA301' }] })
  })

  test('the text of an error needs none either', async () => {
    const explained = await explainText('/nowhere', 'Incorrect token audience')
    expect(explained).toMatchObject({ kind: 'text', causes: [{ code: 'IRSA202' }] })
  })

  test('what is none of them is refused with the way out', async () => {
    const failure = await explainText('/nowhere', 'what is this').catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(ConfigError)
    expect((failure as ConfigError).hint).toContain('x-openirsa-denial')
  })

  test('without a refusal so far there is no newest', async () => {
    await expect(explainNewest(pages.dataDirectory)).rejects.toMatchObject({ code: 'CONTROL', status: 404 })
  })

  test('the newest, and one by its id', async () => {
    pages.deny(DENIAL)
    pages.deny({ ...DENIAL, id: 'zzzzzzzzzzzzzz77' })
    expect(await explainNewest(pages.dataDirectory)).toMatchObject({
      kind: 'denial',
      denial: { id: 'zzzzzzzzzzzzzz77' },
    })
    expect(await explainText(pages.dataDirectory, DENIAL.id)).toEqual({ kind: 'denial', denial: DENIAL })
    await expect(explainText(pages.dataDirectory, 'aaaaaaaaaaaaaaaa')).rejects.toMatchObject({ status: 404 })
  })
})
