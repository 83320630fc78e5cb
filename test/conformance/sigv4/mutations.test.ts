import { describe, expect, it } from 'vitest'
import { type HttpHead, SignatureError } from '../../../src/core/index.ts'
import { findCredentials } from '../../../src/standards/sigv4/index.ts'
import { type SuiteCase, suiteCase, verifyCase } from './aws-suite.ts'

const cases = [
  suiteCase('get-vanilla-query-order-encoded', 'header'),
  suiteCase('get-vanilla-query-order-encoded', 'query'),
  suiteCase('get-slash-pointless-dot-unnormalized', 'header'),
  suiteCase('get-header-key-duplicate', 'query'),
  suiteCase('post-x-www-form-urlencoded-parameters', 'header'),
  suiteCase('post-x-www-form-urlencoded-parameters', 'query'),
  suiteCase('post-sts-header-before', 'header'),
  suiteCase('post-sts-header-before', 'query'),
]

/** Every text that differs in one bit that keeps it visible, with a byte less, and with a byte more. */
function* mutationsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    yield text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 0x01) + text.slice(at + 1)
    yield text.slice(0, at) + text.slice(at + 1)
    yield `${text.slice(0, at)}!${text.slice(at)}`
  }
  yield `${text}!`
}

function* mutatedHeads(head: HttpHead): Generator<HttpHead> {
  for (const method of mutationsOf(head.method)) yield { ...head, method }
  for (const path of mutationsOf(head.path)) yield { ...head, path }
  for (const query of mutationsOf(head.query)) yield { ...head, query }
  for (const [at, [name, value]] of head.headers.entries()) {
    for (const other of mutationsOf(value)) yield { ...head, headers: head.headers.with(at, [name, other]) }
    for (const other of mutationsOf(name)) yield { ...head, headers: head.headers.with(at, [other, value]) }
    yield { ...head, headers: head.headers.toSpliced(at, 1) }
    yield { ...head, headers: [...head.headers, [name, value]] }
  }
}

const isRefused = (suite: SuiteCase, head: HttpHead): boolean => {
  try {
    // Without a word of authorization left there is nobody to be: that is no acceptance.
    if (findCredentials(head) === undefined) return true
    // The id chooses the key, and is signed by that choice alone.
    return verifyCase(suite, { head }).accessKeyId !== suite.credentials.accessKeyId
  } catch (error) {
    if (error instanceof SignatureError) return true
    throw error
  }
}

/** Another spelling of the same request: the signature is the same by definition. */
function isSameRequest(suite: SuiteCase, head: HttpHead): boolean {
  const blanks = (text: string) => text.trim().replaceAll(/ +/g, ' ')
  const lines = (one: HttpHead) =>
    one.headers.map(([name, value]) => [name.toLowerCase(), authorizationWords(name, blanks(value))])
  const pieces = (one: HttpHead) =>
    one.query
      .split('&')
      .filter((piece) => piece !== '')
      .map(spelled)
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)
  return (
    head.method === suite.head.method &&
    head.path === suite.head.path &&
    same(pieces(head), pieces(suite.head)) &&
    same(lines(head), lines(suite.head))
  )
}

const spelled = (piece: string): string =>
  piece.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => `%${hex.toUpperCase()}`)
const authorizationWords = (name: string, value: string): string =>
  name.toLowerCase() === 'authorization' ? value.replaceAll(/ ?, ?/g, ',') : value

describe.each(cases)('$name ($form)', (suite) => {
  it('is refused with any byte changed, left out or added', () => {
    verifyCase(suite)
    let tried = 0
    for (const head of mutatedHeads(suite.head)) {
      tried += 1
      if (isRefused(suite, head)) continue
      expect(isSameRequest(suite, head), JSON.stringify(head)).toBe(true)
    }
    expect(tried).toBeGreaterThan(500)
  })

  it('is refused with any byte of its body’s hash changed', () => {
    for (const bodySha256 of mutationsOf(suite.bodySha256))
      expect(() => verifyCase(suite, { bodySha256 })).toThrow(/mismatch/)
  })
})
