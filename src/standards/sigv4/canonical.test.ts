import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHeaders, canonicalValue } from './canonical-headers.ts'
import { canonicalPath, isNormalPath } from './canonical-path.ts'
import { canonicalQuery, parseQuery } from './canonical-query.ts'
import { decode, encode, recode, UNRESERVED, UNRESERVED_AND_SLASH } from './percent.ts'

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
})
const path = fc
  .array(fc.constantFrom('/', '.', '..', 'a', '%2F', '%2e', '%C3%A9', '+', ' ', 'é', '~', '%41', '='), {
    maxLength: 12,
  })
  .map((parts) => `/${parts.join('')}`)
const query = fc
  .array(fc.constantFrom('a', 'b', 'A', '=', '&', '%20', '+', '%2B', '-', '%7e', 'é', '/'), { maxLength: 16 })
  .map((parts) => parts.join(''))

describe('percent-encoding', () => {
  it('writes upper-case hex and leaves only what is unreserved', () => {
    expect(encode(' /a~é%\n', UNRESERVED)).toBe('%20%2Fa~%E9%25%0A')
    expect(encode(' /a', UNRESERVED_AND_SLASH)).toBe('%20/a')
    expect(recode('%2f%41%e9+/', UNRESERVED_AND_SLASH)).toBe('%2FA%E9%2B/')
  })

  it.each(['%', '%4', '%zz', 'a%4g', 'ሴ'])('refuses %j', (text) => {
    expect(recode(text, UNRESERVED)).toBeUndefined()
  })

  it('does not take the low byte of a character for the character', () => {
    expect(encode('ሴ', UNRESERVED)).toBeUndefined()
  })

  it('comes back as it was, and knows one spelling', () => {
    fc.assert(
      fc.property(latin1, (text) => {
        const encoded = encode(text, UNRESERVED) ?? expect.unreachable()
        expect(recode(encoded, UNRESERVED)).toBe(encoded)
        expect(decode(encoded)).toBe(text)
      }),
    )
  })
})

describe('a path', () => {
  it.each([
    ['/', '/', '/'],
    ['//a//', '//a//', '/a/'],
    ['/a/../b/./c', '/a/../b/./c', '/b/c'],
    ['/../..', '/../..', '/'],
    ['/a/.', '/a/.', '/a'],
    ['/a b', '/a%20b', '/a%20b'],
    ['/a%20b', '/a%20b', '/a%2520b'],
    ['/a%2fb', '/a%2Fb', '/a%252fb'],
    ['/a:b', '/a%3Ab', '/a%3Ab'],
  ])('%s is signed as %s for S3 and as %s elsewhere', (raw, s3, normalized) => {
    expect(canonicalPath(raw, 's3')).toBe(s3)
    expect(canonicalPath(raw, 'normalized')).toBe(normalized)
  })

  it('in its canonical form for S3 is its own canonical form', () => {
    fc.assert(
      fc.property(path, (raw) => {
        const canonical = canonicalPath(raw, 's3')
        expect(canonicalPath(canonical, 's3')).toBe(canonical)
      }),
    )
  })

  it('is normalised once and for all', () => {
    fc.assert(
      fc.property(path, (raw) => {
        const decoded = decode(canonicalPath(raw, 'normalized'))
        expect(canonicalPath(decoded, 'normalized')).toBe(canonicalPath(raw, 'normalized'))
        expect(isNormalPath(decoded)).toBe(true)
      }),
    )
  })

  it('for S3 tells a slash from an encoded one', () => {
    expect(canonicalPath('/b/k', 's3')).not.toBe(canonicalPath('/b%2Fk', 's3'))
  })

  it('with dots or double slashes is not normal', () => {
    expect(['/', '/a', '/a/b/', '/.a', '/a..b'].map(isNormalPath)).toEqual([true, true, true, true, true])
    expect(['//', '/a/..', '/./a', '/a//b'].map(isNormalPath)).toEqual([false, false, false, false])
  })

  it.each(['', 'a/b', '*', '%2F'])('%j is no path', (raw) => {
    for (const style of ['s3', 'normalized'] as const)
      expect(() => canonicalPath(raw, style)).toThrow(expect.objectContaining({ reason: 'malformed' }))
  })

  it('that is not properly encoded is refused for S3', () => {
    expect(() => canonicalPath('/%zz', 's3')).toThrow(expect.objectContaining({ reason: 'malformed' }))
  })
})

describe('a query', () => {
  const canonical = (raw: string) => canonicalQuery(parseQuery(raw))

  it.each([
    ['', ''],
    ['uploads', 'uploads='],
    ['b=2&a=1', 'a=1&b=2'],
    ['a-=1&a=2', 'a=2&a-=1'],
    ['a=2&a=10&a', 'a=&a=10&a=2'],
    ['a=b=c', 'a=b%3Dc'],
    ['a=1+2', 'a=1%2B2'],
    ['%61=%2f', 'a=%2F'],
    ['&&a=1&', 'a=1'],
    ['a=1&X-Amz-Signature=00', 'a=1'],
  ])('%s is signed as %s', (raw, expected) => {
    expect(canonical(raw)).toBe(expected)
  })

  it('in its canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(query, (raw) => {
        expect(canonical(canonical(raw))).toBe(canonical(raw))
      }),
    )
  })

  it('does not mind the order of its parameters', () => {
    fc.assert(
      fc.property(query, (raw) => {
        expect(canonical(raw.split('&').reverse().join('&'))).toBe(canonical(raw))
      }),
    )
  })

  it('that is not properly encoded is refused', () => {
    expect(() => canonical('a=%')).toThrow(expect.objectContaining({ reason: 'malformed' }))
  })
})

describe('a header', () => {
  it.each([
    ['a', 'a'],
    ['  a   b ', 'a b'],
    ['a\tb', 'a b'],
    ['a\r\n  b', 'a b'],
    [' ', ''],
    ['', ''],
    ['"a   b"', '"a b"'],
    ['\u00a0a', '\u00a0a'],
  ])('%j is signed as %j', (raw, expected) => {
    expect(canonicalValue(raw)).toBe(expected)
  })

  it('is its own canonical form once it is one, without a line end', () => {
    fc.assert(
      fc.property(latin1, (raw) => {
        const value = canonicalValue(raw)
        expect(canonicalValue(value)).toBe(value)
        expect(value).not.toMatch(/[\r\n\t]|^ | $| {2}/)
      }),
    )
  })

  it('that came several times is joined in its order', () => {
    const headers = canonicalHeaders([
      ['My-Header', 'b'],
      ['host', 'h'],
      ['my-header', ' a '],
    ])
    expect([...headers]).toEqual([
      ['my-header', 'b,a'],
      ['host', 'h'],
    ])
  })

  it.each(['Host', 'Date', 'Authorization', 'Content-Type', 'Content-Length', 'X-Amz-Date', 'x-amz-acl'])(
    '%s twice is refused',
    (name) => {
      expect(() =>
        canonicalHeaders([
          [name, '1'],
          [name.toLowerCase(), '1'],
        ]),
      ).toThrow(expect.objectContaining({ reason: 'malformed' }))
    },
  )

  it('called __proto__ is a header like others', () => {
    expect(canonicalHeaders([['__proto__', 'x']]).get('__proto__')).toBe('x')
  })
})
