import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type HttpHead, instant, type RawHeaders, Secret, SignatureError, seconds } from '../../core/index.ts'
import { findCredentials } from './find-credentials.ts'
import type { SignatureExpectations } from './model.ts'
import { EMPTY_SHA256 } from './payload-hash.ts'
import { presignRequest, type SigningOptions, signRequest } from './sign-request.ts'
import { deriveSigningKey } from './signing-key.ts'
import { verifySignature } from './verify-signature.ts'

const NOW = instant(Date.parse('2026-01-02T03:04:05Z'))
const secretAccessKey = new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY')
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }
const BODY = 'Action=GetCallerIdentity&Version=2011-06-15'
const bodySha256 = createHash('sha256').update(BODY).digest('hex')

const sts: SigningOptions = { credentials, scope: { region: 'us-east-1', service: 'sts' }, now: NOW, bodySha256 }
const s3: SigningOptions = { credentials, scope: { region: 'us-east-1', service: 's3' }, now: NOW }
const POST: HttpHead = {
  method: 'POST',
  path: '/',
  query: '',
  headers: [
    ['Host', 'localhost:4566'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
}
const GET: HttpHead = { method: 'GET', path: '/b/k', query: '', headers: [['host', 'localhost:4566']] }

const signed = (head: HttpHead, options: SigningOptions): HttpHead => ({ ...head, headers: signRequest(head, options) })
const presigned = (head: HttpHead, options: SigningOptions, expiresSeconds = 60): HttpHead => ({
  ...head,
  query: presignRequest(head, { ...options, expiresSeconds }),
})
const withHeaders = (head: HttpHead, ...lines: RawHeaders): HttpHead => ({
  ...head,
  headers: [...head.headers, ...lines],
})

/** The refusal, or undefined when the signature holds. */
function verify(head: HttpHead, changes: Partial<SignatureExpectations> = {}): SignatureError | undefined {
  try {
    const presented = findCredentials(head) ?? expect.unreachable()
    const isS3 = presented.scope.service === 's3'
    verifySignature(head, presented, {
      signingKey: deriveSigningKey(secretAccessKey, presented.scope),
      now: NOW,
      ...(isS3 ? {} : { bodySha256 }),
      pathStyle: isS3 ? 's3' : 'normalized',
      maxSkewSeconds: seconds(900),
      services: ['sts', 's3'],
      ...changes,
    })
    return undefined
  } catch (error) {
    if (error instanceof SignatureError) return error
    throw error
  }
}

describe('a signed request', () => {
  it.each([
    ['in its headers', signed(POST, sts)],
    ['in its query', presigned(POST, sts)],
    ['for S3', signed(GET, s3)],
    ['for S3, presigned', presigned(GET, s3)],
    ['with a session token', signed(POST, { ...sts, credentials: { ...credentials, sessionToken: 'a+b/c==' } })],
    ['presigned with one', presigned(POST, { ...sts, credentials: { ...credentials, sessionToken: 'a+b/c==' } })],
    ['with a query of its own', signed({ ...GET, query: 'uploads&prefix=a%20b' }, s3)],
    ['presigned with a query of its own', presigned({ ...GET, query: 'uploads&prefix=a%20b' }, s3)],
    ['for S3, presigned over its body', presigned(GET, { ...s3, bodySha256 })],
  ])('%s is accepted', (_, head) => {
    expect(verify(head)).toBeUndefined()
  })

  it('with headers that the way may change is accepted', () => {
    const head = withHeaders(
      signed(POST, sts),
      ['User-Agent', 'x'],
      ['Connection', 'close'],
      ['X-Amzn-Trace-Id', 'Root=1'],
    )
    expect(verify(head)).toBeUndefined()
  })

  it('by another secret is refused, and only what the caller knows is said', () => {
    const head = signed(POST, sts)
    const scope = { date: '20260102', region: 'us-east-1', service: 'sts' }
    const refusal = verify(head, { signingKey: deriveSigningKey(new Secret('other'), scope) })
    expect(refusal).toMatchObject({
      reason: 'mismatch',
      facts: {
        accessKeyId: 'AKIDEXAMPLE',
        requestDate: '20260102T030405Z',
        signatureProvided: findCredentials(head)?.signature,
      },
    })
    expect(refusal?.facts.canonicalRequest).toBe(
      `POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:localhost:4566\nx-amz-date:20260102T030405Z\n\ncontent-type;host;x-amz-date\n${bodySha256}`,
    )
    const known = new Set([findCredentials(head)?.signature, bodySha256, refusal?.facts.stringToSign?.slice(-64)])
    const shown = JSON.stringify(refusal?.facts).match(/[0-9a-f]{64}/g) ?? []
    expect(shown.filter((text) => !known.has(text))).toEqual([])
  })

  it('never has its session token in a refusal', () => {
    const sessionToken = 'IQoJb3JpZ2luX2Vj/abc+def=='
    const options = { ...sts, credentials: { ...credentials, sessionToken } }
    for (const head of [signed(POST, options), presigned(POST, options)]) {
      const refusal = verify({ ...head, method: 'PUT' })
      expect(refusal?.reason).toBe('mismatch')
      expect(refusal?.facts.canonicalRequest).toContain('[session token]')
      expect(JSON.stringify(refusal?.facts)).not.toMatch(/IQoJ/)
    }
  })
})

describe('the scope', () => {
  it.each([
    [{ services: ['iam'] }, { part: 'service', found: 'sts', wanted: 'iam' }],
    [
      { regions: (region: string) => region === 'eu-west-1', wantedRegion: 'eu-west-1' },
      { part: 'region', found: 'us-east-1', wanted: 'eu-west-1' },
    ],
  ])('is for this endpoint: %o', (changes, facts) => {
    expect(verify(signed(POST, sts), changes)).toMatchObject({ reason: 'scope-mismatch', facts })
  })

  it('is of the day of the request', () => {
    const head = signed(POST, sts)
    const headers = head.headers.map(([name, value]): [string, string] => [
      name,
      value.replace('/20260102/', '/20260101/'),
    ])
    expect(verify({ ...head, headers })).toMatchObject({
      reason: 'scope-mismatch',
      facts: { part: 'date', found: '20260101', wanted: '20260102', requestDate: '20260102T030405Z' },
    })
  })

  it('that is wrong derives no key', () => {
    const signingKey = () => expect.unreachable()
    expect(verify(signed(POST, sts), { signingKey, services: ['iam'] })?.reason).toBe('scope-mismatch')
    expect(verify(signed(POST, sts), { signingKey, now: instant(0) })?.reason).toBe('skewed-clock')
  })
})

describe('the time', () => {
  const at = (secondsLater: number) => ({ now: instant(NOW + secondsLater * 1000) })

  it.each([-900, 0, 900])('may be %i seconds off', (off) => {
    expect(verify(signed(POST, sts), at(off))).toBeUndefined()
  })

  it.each([-901, 901, 86_400])('may not be %i seconds off', (off) => {
    expect(verify(signed(POST, sts), at(off))).toMatchObject({
      reason: 'skewed-clock',
      facts: { requestDate: '20260102T030405Z', judgedAt: expect.stringMatching(/^2026010\dT\d{6}Z$/) },
    })
  })

  it('of a presigned request runs out when it said so, to the second', () => {
    const head = presigned(GET, s3, 7200)
    expect(verify(head, at(7200))).toBeUndefined()
    expect(verify(head, at(7201))).toMatchObject({
      reason: 'request-expired',
      facts: { expiresSeconds: 7200, requestDate: '20260102T030405Z', judgedAt: '20260102T050406Z' },
    })
    expect(verify(presigned(GET, s3, 1), at(2))?.reason).toBe('request-expired')
  })

  it('of a presigned request is not in the future', () => {
    expect(verify(presigned(GET, s3, 604_800), at(-900))).toBeUndefined()
    expect(verify(presigned(GET, s3, 604_800), at(-901))?.reason).toBe('skewed-clock')
  })

  it('of a presigned request without expiry runs out like that of a signed one', () => {
    const query = presigned(POST, sts).query.replace('X-Amz-Expires=60&', '')
    const head = { ...POST, query }
    expect(verify(head, at(901))?.reason).toBe('skewed-clock')
    expect(verify(head, at(900))?.reason).toBe('mismatch')
  })
})

describe('a header', () => {
  it.each(['x-amz-acl', 'X-Amz-Copy-Source', 'x-amz-target', 'x-amz-meta-a'])(
    '%s that was added is refused',
    (name) => {
      for (const head of [signed(GET, s3), presigned(GET, s3)])
        expect(verify(withHeaders(head, [name, 'x']))).toMatchObject({
          reason: 'unsigned-header',
          facts: { headers: [name.toLowerCase()] },
        })
    },
  )

  it('content-type is signed, unless the request is presigned: whoever sends that is not who signs', () => {
    const type = ['content-type', 'text/plain'] as const
    expect(verify(withHeaders(signed(GET, s3), type))?.facts.headers).toEqual(['content-type'])
    expect(verify(withHeaders(presigned(GET, s3), type))).toBeUndefined()
  })

  it('host must be signed', () => {
    const head = signed({ ...GET, headers: [['accept', '*/*']] }, s3)
    expect(verify(withHeaders(head, ['host', 'localhost']))).toMatchObject({
      reason: 'unsigned-header',
      facts: { headers: ['host'] },
    })
  })

  it('that was signed and taken away is missed, even an empty one', () => {
    const head = signed(withHeaders(GET, ['x-empty', '']), s3)
    expect(verify(head)).toBeUndefined()
    expect(verify({ ...head, headers: head.headers.filter(([name]) => name !== 'x-empty') })?.reason).toBe('mismatch')
  })

  it('that came twice is refused, in any case of its letters, also with the same value', () => {
    const head = signed(POST, sts)
    for (const [name, value] of head.headers)
      expect(verify(withHeaders(head, [name.toUpperCase(), value]))?.reason).toBe('malformed')
  })

  it('of characters that are no bytes is refused', () => {
    const head = signed(withHeaders(GET, ['x-a', '4']), s3)
    const headers = head.headers.map(([name, value]): [string, string] => [name, name === 'x-a' ? '\u1234' : value])
    expect(verify({ ...head, headers })?.reason).toBe('malformed')
  })
})

describe('the body', () => {
  const withHash = (value: string): HttpHead => signed(withHeaders(POST, ['x-amz-content-sha256', value]), sts)

  it('that was changed is refused', () => {
    expect(verify(signed(POST, sts), { bodySha256: EMPTY_SHA256 })?.reason).toBe('mismatch')
    expect(verify(presigned(POST, sts), { bodySha256: EMPTY_SHA256 })?.reason).toBe('mismatch')
  })

  it('that is not the one of the signed hash is refused, when it is known', () => {
    const head = signed(GET, { ...s3, bodySha256 })
    expect(verify(head)).toBeUndefined()
    expect(verify(head, { bodySha256 })).toBeUndefined()
    expect(verify(head, { bodySha256: EMPTY_SHA256 })?.reason).toBe('payload-mismatch')
    expect(verify(withHash(bodySha256))).toBeUndefined()
    expect(verify(withHash(bodySha256), { bodySha256: EMPTY_SHA256 })?.reason).toBe('payload-mismatch')
  })

  it.each(['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])('as %s is for S3 alone', (word) => {
    const options = { ...sts, bodySha256: word }
    expect(verify(signed(withHeaders(POST, ['x-amz-content-sha256', word]), options))?.reason).toBe('payload-mismatch')
    expect(verify(signed(GET, { ...s3, bodySha256: word }))).toBeUndefined()
  })

  it('must have a hash in the headers for S3', () => {
    const head = signed(GET, s3)
    const headers = head.headers
      .filter(([name]) => name !== 'x-amz-content-sha256')
      .map(([name, value]): [string, string] => [name, value.replace('x-amz-content-sha256;', '')])
    expect(verify({ ...head, headers })?.reason).toBe('incomplete')
  })

  it('cannot be left out of the expectations where it is not streamed', () => {
    const presented = findCredentials(signed(POST, sts))
    const expectations = {
      signingKey: deriveSigningKey(secretAccessKey, { date: '20260102', region: 'us-east-1', service: 'sts' }),
      now: NOW,
      pathStyle: 'normalized',
      maxSkewSeconds: seconds(900),
      services: ['sts'],
    } as const
    expect(() => verifySignature(signed(POST, sts), presented ?? expect.unreachable(), expectations)).toThrow(TypeError)
  })
})

describe('the path', () => {
  it('for S3 is the one that was sent, and no other that means the same', () => {
    const head = signed({ ...GET, path: '/b/a//b/../c' }, s3)
    expect(verify(head)).toBeUndefined()
    for (const path of ['/b/a/b/../c', '/b/a/c', '/b/a//c', '/b%2Fa//b/../c'])
      expect(verify({ ...head, path })?.reason).toBe('mismatch')
  })
})
