import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HttpHead, OpenirsaError, type RawHeaders } from '../../core/index.ts'
import { findCredentials } from './find-credentials.ts'

const SIGNATURE = 'ab'.repeat(32)
const CREDENTIAL = 'AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request'
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`
const DATE = '20150830T123600Z'

const signed: RawHeaders = [
  ['Host', 'h'],
  ['X-Amz-Date', DATE],
  ['Authorization', AUTHORIZATION],
]

function headers(lines: RawHeaders, query = ''): HttpHead {
  return { method: 'GET', path: '/', query, headers: lines }
}

const authorized = (value: string, ...more: RawHeaders) =>
  headers([['host', 'h'], ['x-amz-date', DATE], ['authorization', value], ...more])

const PARAMETERS = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': CREDENTIAL,
  'X-Amz-Date': DATE,
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': SIGNATURE,
}

function presigned(changes: Readonly<Record<string, string | undefined>> = {}, more: RawHeaders = []): HttpHead {
  const pairs = Object.entries({ ...PARAMETERS, ...changes }).filter(([, value]) => value !== undefined)
  const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')
  return headers([['host', 'h'], ...more], query)
}

const refusal = (head: HttpHead) => {
  try {
    return { presented: findCredentials(head) }
  } catch (error) {
    if (error instanceof OpenirsaError) return error
    throw error
  }
}

describe('a request', () => {
  it('without a signature carries no credentials', () => {
    expect(findCredentials(headers([['host', 'h']], 'list-type=2&prefix=x'))).toBeUndefined()
  })

  it('is read alike the first time and again, also after those of very many callers', () => {
    const presentedBy = (caller: string) =>
      findCredentials(authorized(AUTHORIZATION.replace('AKIDEXAMPLE', caller).replace('x-amz-date', `x-${caller}`)))
    const first = presentedBy('a')
    for (let caller = 0; caller < 2500; caller += 1)
      expect(presentedBy(`c${caller}`)).toMatchObject({
        accessKeyId: `c${caller}`,
        signedHeaders: ['host', `x-c${caller}`],
      })
    expect([presentedBy('a'), presentedBy('a')]).toEqual([first, first])
  })

  it('that is refused is refused again, with what it is then', () => {
    const head = (caller: string) =>
      authorized(AUTHORIZATION.replace('AKIDEXAMPLE', caller).replace('host;x-amz-date', 'x-amz-date;host'))
    for (const caller of ['one', 'two', 'one'])
      expect(refusal(head(caller))).toMatchObject({ reason: 'malformed', facts: { accessKeyId: caller } })
  })

  it('with a session token but no signature is refused, not taken for anonymous', () => {
    expect(refusal(headers([['x-amz-security-token', 't']]))).toMatchObject({ reason: 'missing' })
  })

  it.each([
    ['twice the same header', headers([...signed, ['authorization', AUTHORIZATION]])],
    ['two dates', headers([...signed, ['x-amz-date', DATE]])],
    ['two tokens', headers([...signed, ['x-amz-security-token', 'a'], ['X-Amz-Security-Token', 'b']])],
    ['header and query', headers(signed, 'X-Amz-Signature=00')],
    ['header and a token in the query', headers(signed, 'X-Amz-Security-Token=t')],
    ['header and an encoded parameter', headers(signed, 'X%2DAmz%2DSignature=00')],
    ['query and a token in the headers', presigned({}, [['x-amz-security-token', 't']])],
    ['a parameter twice', { ...presigned(), query: `${presigned().query}&X-Amz-Date=${DATE}` }],
    ['a parameter in another case', { ...presigned(), query: presigned().query.replace('X-Amz-Sig', 'x-amz-sig') }],
    ['a broken query', headers([['host', 'h']], 'a=%')],
  ])('with %s is refused', (_, head) => {
    expect(refusal(head)).toMatchObject({ reason: 'malformed' })
  })

  it.each([
    ['version 2', headers([['authorization', 'AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=']])],
    ['version 2 in the query', headers([['host', 'h']], 'AWSAccessKeyId=A&Signature=b&Expires=1')],
    ['version 4a', authorized(AUTHORIZATION.replace('HMAC-SHA256', 'ECDSA-P256-SHA256'))],
    ['version 4a in the query', presigned({ 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' })],
    ['a bearer token', headers([['authorization', 'Bearer x']])],
    ['nothing', headers([['authorization', '']])],
    ['another case', authorized(AUTHORIZATION.replace('AWS4', 'aws4'))],
  ])('authorized by %s is refused as unsupported', (_, head) => {
    expect(refusal(head)).toMatchObject({ reason: 'unsupported' })
  })
})

describe('credentials in the header', () => {
  it('are found whole, however they are spaced', () => {
    for (const text of [AUTHORIZATION, AUTHORIZATION.replaceAll(', ', ','), AUTHORIZATION.replaceAll(', ', ' , ')]) {
      expect(findCredentials(authorized(text))).toEqual({
        form: 'header',
        accessKeyId: 'AKIDEXAMPLE',
        scope: { date: '20150830', region: 'us-east-1', service: 's3' },
        signedHeaders: ['host', 'x-amz-date'],
        signature: SIGNATURE,
        requestDate: DATE,
        payloadHash: { kind: 'absent' },
      })
    }
  })

  it('have their date from Date when there is no x-amz-date, never when there is', () => {
    const date = ['date', 'Sun, 30 Aug 2015 12:36:01 GMT'] as const
    const without = signed.filter(([name]) => name !== 'X-Amz-Date')
    expect(findCredentials(headers([...without, date]))?.requestDate).toBe('20150830T123601Z')
    expect(findCredentials(headers([...signed, date]))?.requestDate).toBe(DATE)
    expect(refusal(headers(without))).toMatchObject({ reason: 'incomplete' })
  })

  it.each(['Credential', 'SignedHeaders', 'Signature'])('without %s are incomplete', (part) => {
    const parts = AUTHORIZATION.slice(17)
      .split(', ')
      .filter((text) => !text.startsWith(`${part}=`))
    expect(refusal(authorized(`AWS4-HMAC-SHA256 ${parts.join(', ')}`))).toMatchObject({ reason: 'incomplete' })
  })

  it('without any part are incomplete', () => {
    expect(refusal(authorized('AWS4-HMAC-SHA256'))).toMatchObject({ reason: 'incomplete' })
  })

  it.each([
    ['a fifth part', `${CREDENTIAL}/more`],
    ['a part less', 'AKIDEXAMPLE/20150830/us-east-1/aws4_request'],
    ['no date', CREDENTIAL.replace('20150830', '2015-08-30')],
    ['an empty region', CREDENTIAL.replace('us-east-1', '')],
    ['a line end', CREDENTIAL.replace('s3', 's3\n')],
    ['no access key id', CREDENTIAL.replace('AKIDEXAMPLE', '')],
    ['an access key id of other characters', CREDENTIAL.replace('AKID', 'A<K')],
    ['a long access key id', `${'A'.repeat(129)}${CREDENTIAL}`],
  ])('with %s are malformed', (_, credential) => {
    expect(refusal(authorized(AUTHORIZATION.replace(CREDENTIAL, credential)))).toMatchObject({ reason: 'malformed' })
  })

  it('with another terminator are of another scope', () => {
    expect(refusal(authorized(AUTHORIZATION.replace('aws4_request', 'aws4_reques')))).toMatchObject({
      reason: 'scope-mismatch',
      facts: { part: 'terminator', found: 'aws4_reques', wanted: 'aws4_request', accessKeyId: 'AKIDEXAMPLE' },
    })
  })

  it.each(['Host;x-amz-date', 'x-amz-date;host', 'host;host', 'host;', ';host', 'host;a b', 'host;a:b', 'host;x\ny'])(
    'with signed headers %j are malformed',
    (names) => {
      expect(refusal(authorized(AUTHORIZATION.replace('host;x-amz-date', names)))).toMatchObject({
        reason: 'malformed',
      })
    },
  )

  it.each([SIGNATURE.slice(1), `${SIGNATURE}0`, SIGNATURE.toUpperCase(), SIGNATURE.replace('a', 'g')])(
    'with signature %s are malformed',
    (signature) => {
      expect(refusal(authorized(AUTHORIZATION.replace(SIGNATURE, signature)))).toMatchObject({ reason: 'malformed' })
    },
  )

  it.each(['Extra=1', 'Signature=00', 'x', ''])('with another part %j are malformed', (part) => {
    expect(refusal(authorized(`${AUTHORIZATION}, ${part}`))).toMatchObject({ reason: 'malformed' })
  })

  it.each([
    ['UNSIGNED-PAYLOAD', { kind: 'unsigned' }],
    [SIGNATURE, { kind: 'literal', sha256: SIGNATURE }],
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'streaming', value: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'streaming', value: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }],
  ])('say of the body %s', (value, payloadHash) => {
    expect(findCredentials(authorized(AUTHORIZATION, ['x-amz-content-sha256', value]))).toMatchObject({ payloadHash })
  })

  it.each(['', 'unsigned-payload', 'STREAMING-', 'required', SIGNATURE.toUpperCase(), 'toString', '__proto__'])(
    'that say of the body %j are malformed',
    (value) => {
      expect(refusal(authorized(AUTHORIZATION, ['x-amz-content-sha256', value]))).toMatchObject({ reason: 'malformed' })
    },
  )
})

describe('credentials in the query', () => {
  it('are found whole', () => {
    expect(findCredentials(presigned({ 'X-Amz-Security-Token': 'a+b/c==' }))).toEqual({
      form: 'query',
      accessKeyId: 'AKIDEXAMPLE',
      scope: { date: '20150830', region: 'us-east-1', service: 's3' },
      signedHeaders: ['host'],
      signature: SIGNATURE,
      requestDate: DATE,
      sessionToken: 'a+b/c==',
      expiresSeconds: 60,
      payloadHash: { kind: 'unsigned' },
    })
  })

  it.each(Object.keys(PARAMETERS))('without %s are incomplete', (name) => {
    expect(refusal(presigned({ [name]: undefined }))).toMatchObject({ reason: 'incomplete' })
  })

  it('of a service that is not S3 need no expiry and are over the body', () => {
    const credential = CREDENTIAL.replace('s3', 'sts')
    const found = findCredentials(presigned({ 'X-Amz-Credential': credential, 'X-Amz-Expires': undefined }))
    expect(found).toMatchObject({ payloadHash: { kind: 'absent' } })
    expect(found).not.toHaveProperty('expiresSeconds')
  })

  it.each(['0', '-1', '604801', '1e3', '60.5', ' 60', '', '00000060', '0x10'])(
    'with expiry %j are malformed',
    (text) => {
      expect(refusal(presigned({ 'X-Amz-Expires': text }))).toMatchObject({ reason: 'malformed' })
    },
  )

  it.each(['1', '604800'])('with expiry %s are good', (text) => {
    expect(findCredentials(presigned({ 'X-Amz-Expires': text }))?.expiresSeconds).toBe(Number(text))
  })

  it('say of the body what query or header say, if they agree', () => {
    const sha256 = { kind: 'literal', sha256: SIGNATURE }
    const parameter = { 'X-Amz-Content-Sha256': SIGNATURE }
    expect(findCredentials(presigned(parameter))?.payloadHash).toEqual(sha256)
    expect(findCredentials(presigned({}, [['x-amz-content-sha256', SIGNATURE]]))?.payloadHash).toEqual(sha256)
    expect(refusal(presigned(parameter, [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']]))).toMatchObject({
      reason: 'malformed',
    })
  })

  it('cannot be for a body in chunks', () => {
    const streaming = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
    expect(refusal(presigned({ 'X-Amz-Content-Sha256': streaming }))).toMatchObject({ reason: 'unsupported' })
    expect(refusal(presigned({}, [['x-amz-content-sha256', streaming]]))).toMatchObject({ reason: 'unsupported' })
  })
})

it('whatever is sent, nothing but a refusal is thrown', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(
          AUTHORIZATION,
          CREDENTIAL,
          SIGNATURE,
          'Credential=',
          'Signature=',
          ',',
          ';',
          '=',
          '/',
          ' ',
          '%',
        ),
        {
          maxLength: 8,
        },
      )
      .map((parts) => parts.join('')),
  )
  const name = fc.constantFrom('authorization', 'x-amz-date', 'date', 'x-amz-content-sha256', 'x-amz-security-token')
  const parameter = fc
    .tuple(fc.constantFrom(...Object.keys(PARAMETERS), 'a'), text)
    .map(([key, value]) => `${key}=${value}`)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, text), { maxLength: 4 }),
      fc.array(parameter, { maxLength: 4 }),
      (lines, parameters) => {
        const found = refusal(headers(lines, parameters.join('&')))
        expect(found instanceof OpenirsaError || 'presented' in found).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})
