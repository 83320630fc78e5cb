import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, Secret } from '../../core/index.ts'
import { createLog, type LogFields, type LogOptions } from './log.ts'
import { redactText } from './redact.ts'

const JWT = `eyJhbGciOiJSUzI1NiJ9.${'eyJpc3MiOiJodHRwczovL2V4YW1wbGUifQ'}.c2lnbmF0dXJl`
const SESSION_TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLE+/'.repeat(12)

function written(fields: LogFields, message = 'said', more: Partial<LogOptions> = {}): string {
  const lines: string[] = []
  createLog({ level: 'info', format: 'json', write: (line) => lines.push(line), ...more }).info(fields, message)
  return lines.join('')
}

describe('redaction', () => {
  it.each([
    ['a token', `token is ${JWT} here`],
    ['a token that was cut', JWT.slice(0, 40)],
    ['a header', `Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=canary`],
    ['a bearer', 'sent Bearer canary-123, and more'],
    ['a cookie', '{"cookie":"session=canary"}'],
    ['a query', 'GET /?X-Amz-Signature=canary&X-Amz-Security-Token=canary%2F&x=1'],
    ['a form', 'Action=AssumeRoleWithWebIdentity&WebIdentityToken=canary&Version=1'],
    ['a member', '{"SecretAccessKey":"canary","SessionToken": "canary"}'],
    ['an element', '<SecretAccessKey>canary</SecretAccessKey><SessionToken>canary</SessionToken>'],
    ['a setting', 'aws_secret_access_key = canary\naws_session_token=canary'],
    ['a password', 'client_secret=canary&password=canary'],
    ['a session token by itself', SESSION_TOKEN],
    ['a private key', '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----'],
    ['a private key that was cut', 'x -----BEGIN EC PRIVATE KEY-----\ncanary'],
  ])('takes out %s', (_what, text) => {
    const clean = redactText(text)
    expect(clean).toContain('[redacted]')
    for (const secret of ['canary', JWT.slice(0, 30), SESSION_TOKEN.slice(0, 60)]) expect(clean).not.toContain(secret)
  })

  it.each([
    'arn:aws:iam::000000000000:role/orders',
    'AKIAEXAMPLE1234567890',
    'system:serviceaccount:shop:orders',
    'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'the signature does not match',
    'unknown key: the issuer publishes no usable key `k1`',
  ])('leaves `%s`', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it('a short text is looked at as closely as a long one', () => {
    const pieces = [
      'eyJhbGciOi',
      'bearer canary',
      'password',
      '=',
      ':',
      '>',
      ' ',
      'canary',
      '-----BEGIN PRIVATE KEY-----',
      'x-amz-signature',
      'A',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), (parts) => {
        const text = parts.join('')
        // Long enough that no short way is taken, of letters that no pattern knows.
        const long = redactText(`${'. '.repeat(80)}${text}`)
        expect(redactText(text)).toBe(long.slice(160))
      }),
    )
  })

  it('takes time in proportion to the text', () => {
    for (const text of [
      'eyJ'.repeat(200_000),
      'signature'.repeat(70_000),
      '-----BEGIN '.repeat(60_000),
      'A'.repeat(600_000),
      'authorization: '.repeat(40_000),
    ]) {
      const begun = performance.now()
      redactText(text)
      expect(performance.now() - begun, text.slice(0, 12)).toBeLessThan(1000)
    }
  })
})

describe('the log', () => {
  it('writes one object a line, with time, level, fields and sentence', () => {
    const line = JSON.parse(written({ port: 4566, big: 1n })) as Record<string, unknown>
    expect(line).toMatchObject({ level: 'info', port: 4566, big: '1', msg: 'said' })
    expect(new Date(line.time as string).toISOString()).toBe(line.time)
  })

  it('writes nothing below its level', () => {
    const lines: string[] = []
    const log = createLog({ level: 'warn', format: 'json', write: (line) => lines.push(line) })
    log.debug({}, 'a')
    log.info({}, 'b')
    expect(lines).toEqual([])
    log.warn({}, 'c')
    log.error({}, 'd')
    expect(lines).toHaveLength(2)
  })

  it.each(['json', 'text'] as const)(
    'as %s, no secret passes: not by name, by value, in an error, nor in its causes',
    (format) => {
      const failure = new Error(`refused ${JWT}`, { cause: new ConfigError('x', { detail: `Authorization: canary` }) })
      const text = written(
        {
          sessionToken: 'canary',
          AWS_SECRET_ACCESS_KEY: 'canary',
          'X-Amz-Security-Token': 'canary',
          nested: [{ deep: { secret_access_key: 'canary', text: `WebIdentityToken=canary` } }],
          secret: new Secret('canary'),
          held: new Secret('canary'),
          bytes: Buffer.from('canary'),
          failure,
        },
        `with SecretAccessKey=canary`,
        { format },
      )
      expect(text).not.toContain('canary')
      expect(text).not.toContain(JWT.slice(0, 30))
      expect(text).toContain('[redacted]')
    },
  )

  it('an error of ours has its words, one of others also where it came from', () => {
    const ours = JSON.parse(written({ failure: new ConfigError('no port', { hint: 'use --port' }) })) as {
      failure: object
    }
    expect(ours.failure).toEqual({ name: 'ConfigError', message: 'no port', code: 'CONFIG', hint: 'use --port' })
    const theirs = JSON.parse(written({ failure: new TypeError('x') })) as { failure: { stack: string } }
    expect(theirs.failure.stack).toContain('log.test.ts')
  })

  it('what is deep, long or without end is cut', () => {
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    expect(
      written({ loop, long: 'a b '.repeat(10_000), list: Array.from({ length: 5000 }, (_, at) => at) }).length,
    ).toBeLessThan(6000)
  })

  it('a line for people is one line, and colours or turns no terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (value, message) => {
        const text = written({ value, [`n${value}`]: 1 }, message, { format: 'text' })
        expect(text.endsWith('\n')).toBe(true)
        expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
    )
    expect(written({ a: 'x y', b: '\u001b[31mred\n' }, 'said', { format: 'text' })).toMatch(
      /^\S+Z INFO {2}said a="x y" b=.*u001b\[31mred/,
    )
  })

  it('a member called __proto__ is a member', () => {
    expect(written(JSON.parse('{"a":{"__proto__":{"polluted":1}}}') as LogFields)).toContain('polluted')
    expect(inspect({}.constructor)).toBe('[Function: Object]')
  })
})
