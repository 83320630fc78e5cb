import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPages, type PagesUnderTest } from '../up/testing/pages-under-test.ts'
import { readEnvironment } from './environment.ts'

let pages: PagesUnderTest

beforeAll(async () => {
  pages = await openPages()
})
afterAll(() => pages.close())

describe("the administrator's variables", () => {
  test('name key, region twice and the http endpoint', async () => {
    const { variables, isRunning } = await readEnvironment({ dataDirectory: pages.dataDirectory, https: false })
    expect(variables).toEqual({
      AWS_ACCESS_KEY_ID: 'AKIAADMINISTRATOR234',
      AWS_SECRET_ACCESS_KEY: "it's/a+secret",
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: pages.endpoint,
    })
    expect(isRunning).toBe(true)
  })

  test('name the https endpoint with its CA when asked', async () => {
    const { variables } = await readEnvironment({ dataDirectory: pages.dataDirectory, https: true })
    expect(variables.AWS_ENDPOINT_URL).toMatch(/^https:/)
    expect(variables.AWS_CA_BUNDLE).toBe(variables.NODE_EXTRA_CA_CERTS)
    expect(variables.AWS_CA_BUNDLE).toMatch(/ca\.pem$/)
  })

  test('are not to be had for an account that is not there, and it is said which are', async () => {
    const wanted = { dataDirectory: pages.dataDirectory, https: false, account: '111111111111' }
    await expect(readEnvironment(wanted)).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('000000000000'),
    })
  })
})
