import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IssuerUrlError, ThumbprintError } from './errors.ts'
import { parseIssuerUrl } from './issuer-url.ts'
import { parseThumbprint, thumbprintOf } from './thumbprint.ts'

interface Vectors {
  readonly reject: readonly { readonly url: string; readonly refusedUnless?: string }[]
  readonly accept: readonly { readonly url: string; readonly storedAs?: string }[]
  readonly thumbprintReject: readonly string[]
}
const path = join(import.meta.dirname, '../../../test/vectors/adversarial/oidc-provider-url.json')
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors
/** Refused by who would fetch from there, not for their form. */
const isForTheFetcher = ({ refusedUnless }: Vectors['reject'][number]): boolean => refusedUnless !== undefined

describe('the URL of an issuer', () => {
  it.each(vectors.reject.filter((each) => !isForTheFetcher(each)))('$url is refused', ({ url }) => {
    expect(() => parseIssuerUrl(url)).toThrow(IssuerUrlError)
  })

  it.each(vectors.accept)('$url is accepted', ({ url, storedAs }) => {
    expect(parseIssuerUrl(url)).toBe(storedAs === undefined ? url : `https://${storedAs}`)
  })

  it.each([
    'HTTPS://idp.test',
    'https://idp.test:0443',
    'https://idp.test:',
    'https://2130706433/x',
    'https://0x7f.1/',
    'https://idp.test\n',
    'https://idp.test/a\n',
    ' https://idp.test',
    'https://idp.test/a/./b',
    'https://idp.test/%2e%2e/x',
    'https://idp.test/%2Fx',
    'https://ⓘdp.test/id/1',
    'https://[::ffff:a9fe:a9fe]:8443/',
    'https://-/x?',
    'https://idp.test/`id`',
    '',
  ])('`%s` is refused', (url) => {
    expect(() => parseIssuerUrl(url)).toThrow(IssuerUrlError)
  })

  it('keeps a slash at the end, a case and escapes as they were written', () => {
    for (const url of [
      'https://idp.test/',
      'https://IdP.test/Id/A',
      'https://idp.test/realms/a%20b',
      'https://[2001:db8::1]/x',
    ]) {
      expect(parseIssuerUrl(url)).toBe(url)
    }
  })

  it('may be 255 characters long', () => {
    const longest = `https://idp.test/${'x'.repeat(238)}`
    expect([longest.length, parseIssuerUrl(longest)]).toEqual([255, longest])
    expect(() => parseIssuerUrl(`${longest}x`)).toThrow('longer than 255')
  })
})

describe('a thumbprint', () => {
  it.each([...vectors.thumbprintReject, `${'a'.repeat(40)}\n`])('`%s` is refused', (text) => {
    expect(() => parseThumbprint(text)).toThrow(ThumbprintError)
  })

  it('is kept in lower case', () => {
    expect(parseThumbprint('990F4193972F2BECF12DDEDA5237F9C952F20D9E')).toBe('990f4193972f2becf12ddeda5237f9c952f20d9e')
  })

  it('is the SHA-1 of a certificate', () => {
    expect(thumbprintOf(Buffer.from('abc'))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  })
})
