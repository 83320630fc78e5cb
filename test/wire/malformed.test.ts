import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SignatureError } from '../../src/core/index.ts'
import { type Answer, dial, form, send, sendRaw, sendSigned, signed, statusOf, VERSIONS } from './bare-http.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

let at: InstallationUnderTest
beforeAll(async () => {
  at = await openInstallation()
  const answer = await sendSigned(at, {
    service: 's3',
    credentials: at.administrator(),
    method: 'PUT',
    target: '/bucket',
  })
  expect(answer.status).toBe(200)
})
afterAll(() => at.close())

const whoAmI = form({ Action: 'GetCallerIdentity', Version: VERSIONS.sts })

/** The installation still serves, on a new connection. */
async function goesOn(): Promise<void> {
  const answer = await sendSigned(at, { service: 'sts', credentials: at.administrator(), ...whoAmI })
  expect(answer.status).toBe(200)
}

describe('what is no HTTP, or no HTTP that anybody should send', () => {
  const host = 'Host: 127.0.0.1\r\n'
  const garbage: Readonly<Record<string, string | Uint8Array>> = {
    'random bytes': randomBytes(2000),
    'a line of nothing': '\r\n\r\n\r\nGARBAGE\r\n\r\n',
    'a TLS hello that breaks off': Buffer.from('16030100', 'hex'),
    'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
    'HTTP/2 with prior knowledge': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'HTTP/0.9': 'GET /\r\n\r\n',
    'no Host': 'GET / HTTP/1.1\r\n\r\n',
    'an empty Host': 'GET / HTTP/1.1\r\nHost:\r\n\r\n',
    'a Host with a path': 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
    'two Hosts': `GET / HTTP/1.1\r\n${host}${host}\r\n`,
    'two Authorizations': `GET / HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\n\r\n`,
    'two session tokens': `GET / HTTP/1.1\r\n${host}X-Amz-Security-Token: a\r\nX-Amz-Security-Token: b\r\n\r\n`,
    'two lengths': `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    'a length and chunks': `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a length that is none': `POST / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    'a coding that nobody knows': `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    'a chunk size that is none': `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    'an absolute target': `GET http://169.254.169.254/latest HTTP/1.1\r\n${host}\r\n`,
    'a proxy request': 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n',
    'an asterisk': `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
    'an upgrade': `GET / HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    'an expectation of something else': `PUT /bucket/x HTTP/1.1\r\n${host}Expect: the-moon\r\nContent-Length: 0\r\n\r\n`,
    'a folded header': `GET / HTTP/1.1\r\n${host}X-A: a\r\n b\r\n\r\n`,
    'a blank before the colon': `GET / HTTP/1.1\r\n${host}X-A : a\r\n\r\n`,
    'a NUL in a header': `GET / HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`,
    'a head of 40 KiB': `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(40_960)}\r\n\r\n`,
    'a target of 40 KiB': `GET /${'a'.repeat(40_960)} HTTP/1.1\r\n${host}\r\n`,
    'a thousand headers': `GET / HTTP/1.1\r\n${host}${Array.from({ length: 1000 }, (_, n) => `x${n}: 1\r\n`).join('')}\r\n`,
    'a lone line feed': `GET / HTTP/1.1\n${host}\n`,
  }

  it.each(Object.entries(garbage))('%s is refused, and nobody else notices', async (_what, bytes) => {
    const connection = await dial(at, bytes)
    connection.socket.end()
    const text = await connection.ended()
    const status = statusOf(text)
    if (text !== '')
      expect([text.slice(0, 80), status >= 400 && status < 500 ? 4 : status]).toEqual([
        text.slice(0, 80),
        status === 501 ? 501 : 4,
      ])
    await goesOn()
  })

  it.each([
    'Action=%zz',
    'Action=GetUser&Action=GetUser',
    'Action=GetUser&action=GetUser',
    'Action=%ff%fe',
    `Action=${'a'.repeat(5000)}`,
    'Action=__proto__',
    'X-Amz-Algorithm=%zz&Action=x',
  ])('a broken head whose query cannot be read either: %s', async (query) => {
    for (const head of [`GET /?${query} HTTP/1.1\r\n\r\n`, `GET /?${query} HTTP/1.1\r\n${host}${host}\r\n`]) {
      const text = await sendRaw(at, head)
      expect(statusOf(text)).toBe(400)
      await goesOn()
    }
    const answer = await send(at, { target: `/?${query}` })
    expect([answer.status >= 400 && answer.status < 500, answer.code.length > 0]).toEqual([true, true])
  })

  it('a head that does not come to an end is not waited for longer than it takes', async () => {
    const connection = await dial(at, `GET / HTTP/1.1\r\n${host}X-A: `)
    await goesOn()
    connection.socket.destroy()
  })

  it('requests in a row on one connection are answered in a row', async () => {
    const one = `GET /bucket HTTP/1.1\r\n${host}\r\n`
    const text = await sendRaw(at, one + one + one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    expect(text.match(/HTTP\/1\.1 403/g)).toHaveLength(3)
  })
})

/** Signed, unless it is such that no signature can be over it. */
async function askS3({ method, target }: { readonly method: string; readonly target: string }): Promise<Answer> {
  try {
    return await send(at, signed(at, { service: 's3', credentials: at.administrator(), method, target }))
  } catch (failure) {
    if (failure instanceof SignatureError) return await send(at, { method, target })
    throw failure
  }
}

describe('what is HTTP and makes no sense', () => {
  const credentials = () => at.administrator()
  const both = async (wanted: Parameters<typeof sendSigned>[1]) => {
    const answers = [await sendSigned(at, wanted), await send(at, wanted)]
    for (const { status, code } of answers)
      expect([status >= 400 && status < 502, code.length > 0]).toEqual([true, true])
    return answers[0]!
  }

  it.each([
    ['no action', ''],
    ['an action twice', 'Action=GetUser&Action=GetUser'],
    ['an action in two spellings', 'Action=GetUser&ACTION=GetUser'],
    ['a name encoded', 'Action=GetUser&%41ction=GetUser'],
    ['a broken escape', 'Action=%zz'],
    ['no UTF-8', Buffer.from('Action=\xff\xfe', 'latin1')],
    ['an action of another service', 'Action=PutObject'],
    ['an action out of the prototype', 'Action=constructor'],
    ['a parameter out of the prototype', 'Action=GetRole&__proto__.RoleName=x&Version=2010-05-08'],
    ['a list without numbers', 'Action=CreateRole&Tags.member.x.Key=a&Version=2010-05-08'],
    ['a list with huge numbers', 'Action=CreateRole&Tags.member.99999999999.Key=a&Version=2010-05-08'],
    ['names nested deeply', `Action=CreateRole&${'a.'.repeat(2000)}b=c&Version=2010-05-08`],
    [
      'ten thousand parameters',
      `Action=GetRole&Version=2010-05-08&${Array.from({ length: 5000 }, (_, n) => `p${n}=1`).join('&')}`,
    ],
  ])('a form: %s', async (_what, body) => {
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    const answer = await both({
      service: 'iam',
      credentials: credentials(),
      method: 'POST',
      target: '/',
      headers,
      body,
    })
    expect(answer.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>).RoleName).toBeUndefined()
    await goesOn()
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a member twice', '{"MaxResults":1,"MaxResults":2}'],
    ['a member of another type', '{"MaxResults":"many"}'],
    ['deep nesting', `${'['.repeat(20_000)}`],
    ['a time that is none', '{"StartTime":"yesterday"}'],
    ['a huge number', '{"MaxResults":1e999}'],
    ['no UTF-8', Buffer.from('{"NextToken":"\xff"}', 'latin1')],
  ])('a JSON body: %s', async (_what, body) => {
    const headers = [
      ['content-type', 'application/x-amz-json-1.1'],
      ['x-amz-target', 'CloudTrail_20131101.LookupEvents'],
    ] as const
    const answer = await sendSigned(at, {
      service: 'cloudtrail',
      credentials: credentials(),
      method: 'POST',
      headers,
      body,
    })
    // `null` is as good as no member at all.
    expect(answer.status < 500).toBe(true)
    if (body !== 'null') expect([answer.status, answer.code.length > 0]).toEqual([400, true])
    await goesOn()
  })

  it.each([
    ['no XML', 'x'],
    [
      'an entity',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&b;</Key></Object></Delete>',
    ],
    [
      'a billion laughs',
      '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><Delete><Object><Key>&m;</Key></Object></Delete>',
    ],
    ['an unclosed element', '<Delete><Object><Key>x</Key></Object>'],
    ['another root', '<Insert/>'],
    ['no objects', '<Delete></Delete>'],
    ['deep nesting', '<a>'.repeat(5000)],
    ['no UTF-8', Buffer.from('<Delete><Object><Key>\xff</Key></Object></Delete>', 'latin1')],
    ['too many objects', `<Delete>${'<Object><Key>x</Key></Object>'.repeat(1001)}</Delete>`],
  ])('an XML body: %s', async (_what, body) => {
    const answer = await sendSigned(at, {
      service: 's3',
      credentials: credentials(),
      method: 'POST',
      target: '/bucket?delete',
      body,
    })
    expect([answer.status, answer.code]).toEqual([400, 'MalformedXML'])
    expect(answer.text).not.toContain('root:')
    await goesOn()
  })

  it.each([
    ['/bucket?uploads&tagging', 'GET'],
    ['/bucket?acl=1&acl=2', 'GET'],
    ['/bucket/%zz', 'GET'],
    ['/%ff', 'GET'],
    ['/bucket/key?partNumber=x&uploadId=1', 'PUT'],
    ['/bucket?max-keys=many', 'GET'],
    ['/bucket?max-keys=-1', 'GET'],
    ['/bucket?list-type=3', 'GET'],
    ['/bucket/key?x-amz-copy-source=/bucket/other', 'PUT'],
    ['/bucket', 'PATCH'],
    ['/bucket', 'TRACE'],
    ['/bucket', 'OPTIONS'],
    ['//', 'GET'],
    ['/bucket//', 'POST'],
  ])('S3 %s by %s', async (target, method) => {
    const answer = await askS3({ method, target })
    expect([answer.status < 502, answer.status === 200 || answer.code.length > 0]).toEqual([true, true])
    await goesOn()
  })

  it.each(['/clusters/%zz', '/clusters/%2e%2e', '/clusters/..', '//clusters', '/', '/clusters/a/b/c/d/e'])(
    'EKS %s',
    async (target) => {
      const answer = await sendSigned(at, { service: 'eks', credentials: credentials(), target })
      expect([answer.status >= 400 && answer.status < 500, answer.code.length > 0]).toEqual([true, true])
    },
  )

  it('a service that is not here', async () => {
    const answer = await sendSigned(at, { service: 'ec2', credentials: credentials(), ...whoAmI })
    expect([answer.status, answer.code]).toEqual([501, 'NotImplemented'])
  })
})

describe('what is too long', () => {
  it.each([
    ['sts', 65 * 1024],
    ['iam', 5 * 1024 * 1024],
  ] as const)('a body for %s of %d bytes is refused, announced or not', async (service, length) => {
    const body = `Action=GetUser&Version=2010-05-08&x=${'a'.repeat(length)}`
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    const wanted = { service, credentials: at.administrator(), method: 'POST', target: '/', headers, body }
    const announced = await sendSigned(at, wanted)
    expect([announced.status, announced.code]).toEqual([413, 'RequestEntityTooLarge'])
    const request = signed(at, wanted)
    const chunked = await send(at, {
      ...request,
      headers: [...(request.headers ?? []), ['transfer-encoding', 'chunked']],
    })
    expect([chunked.status, chunked.code]).toEqual([413, 'RequestEntityTooLarge'])
    await goesOn()
  })

  it('an upload of which nobody wanted a byte is answered, and the connection let go', async () => {
    const body = randomBytes(6 * 1024 * 1024)
    const answer = await send(at, { method: 'PUT', target: '/bucket/unwanted', body })
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied'])
    await goesOn()
  })
})

describe('a thousand mutations', () => {
  const RUNS = { numRuns: 150, seed: 20_260_301, endOnFailure: true } as const

  it('of signed requests are refused or mean the same, and never break anything', async () => {
    const { headers = [], body = '' } = signed(at, { service: 'sts', credentials: at.administrator(), ...whoAmI })
    const host = `host: 127.0.0.1:${at.port}\r\n`
    const head = headers
      .filter(([name]) => name !== 'host')
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')
    const good = `POST / HTTP/1.1\r\n${host}${head}content-length: ${String(body).length}\r\nconnection: close\r\n\r\n${String(body)}`
    expect(statusOf(await sendRaw(at, good))).toBe(200)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(3),
        async (place, byte, cut) => {
          const bytes = Buffer.from(good, 'latin1')
          bytes[place] = byte
          const connection = await dial(at, Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + cut)]))
          connection.socket.end()
          const text = await connection.ended()
          const status = statusOf(text)
          return text === '' || status === 200 || (status >= 400 && status < 500) || status === 501
        },
      ),
      RUNS,
    )
    await goesOn()
  })

  it('of S3 targets and parameters are answered in words', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'bucket',
        'acl',
        'policy',
        'delete',
        'tagging',
        'list-type=2',
        'versionId=x',
        'x-amz-copy-source=a',
        'uploads',
        'partNumber=1',
        '%',
        '%00',
        '..',
        '',
        '+',
        '%2F',
        'é',
      ),
      fc.string({ maxLength: 8 }).map(encodeURIComponent),
    )
    const target = fc.tuple(fc.array(piece, { maxLength: 3 }), fc.array(piece, { maxLength: 3 }))
    const method = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD')
    await fc.assert(
      fc.asyncProperty(method, target, async (verb, [path, query]) => {
        const made = `/${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`.replaceAll('é', '%C3%A9')
        // Buckets that a mutation makes are no harm: they only have to be answered for.
        const answer = await askS3({ method: verb, target: made })
        return answer.status < 400 || verb === 'HEAD' || (answer.code !== '' && answer.status !== 500)
      }),
      RUNS,
    )
    await goesOn()
  })

  it('of forms are answered in words', async () => {
    const name = fc.constantFrom(
      'Action',
      'Version',
      'RoleName',
      'Tags.member.1.Key',
      'Tags.member.1',
      'Tags',
      'PolicyDocument',
      'AssumeRolePolicyDocument',
      'MaxItems',
      'Marker',
      'RoleArn',
      'WebIdentityToken',
      'RoleSessionName',
      'PolicyArns.member.1.arn',
      'DurationSeconds',
    )
    const value = fc.oneof(
      fc.constantFrom(
        'AssumeRoleWithWebIdentity',
        'CreateRole',
        'GetRole',
        'ListRoles',
        'AssumeRole',
        '2010-05-08',
        '2011-06-15',
        '{}',
        '{"Version":"2012-10-17","Statement":[]}',
        '-1',
        '',
        'arn:aws:iam::000000000000:role/x',
      ),
      fc.string({ maxLength: 20 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, value, { maxKeys: 6 }),
        fc.boolean(),
        fc.constantFrom('sts', 'iam'),
        async (parameters, isSigned, service) => {
          const request = form(parameters as Record<string, string>)
          const answer = isSigned
            ? await sendSigned(at, { service, credentials: at.administrator(), ...request })
            : await send(at, request)
          return answer.status === 200 || (answer.status < 500 && answer.code !== '') || answer.status === 501
        },
      ),
      RUNS,
    )
    await goesOn()
  })
})

it('nothing of all that was a failure of ours', () => {
  const failures = at
    .logged()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
  expect(failures).toEqual([])
})
