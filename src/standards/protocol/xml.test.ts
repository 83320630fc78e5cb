import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError, type HttpHead } from '../../core/index.ts'
import { serviceModel } from './index.ts'
import { readXml, XmlError } from './xml-read.ts'
import { escapeXml } from './xml-shape.ts'

test.each([
  ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['an entity of its own', '<a>&x;</a>'],
  ['an entity without an end', '<a>&amp</a>'],
  ['a character that is none', '<a>&#xD800;</a>'],
  ['a second root', '<a/><b/>'],
  ['text after the root', '<a/>x'],
  ['an end tag that does not fit', '<a><b></a></b>'],
  ['an open element', '<a>'],
  ['an open comment', '<a><!-- </a>'],
  ['an open CDATA section', '<a><![CDATA[ </a>'],
  ['an attribute given twice', '<a b="1" b="2"/>'],
  ['an attribute without quotes', '<a b=1/>'],
  ['a processing instruction', '<a><?php ?></a>'],
  ['nothing', ''],
  ['an end alone', '</a>'],
])('%s is refused', (_, source) => {
  expect(() => readXml(source)).toThrow(XmlError)
})

test('sixteen levels are read and seventeen are refused', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  expect(readXml(nested(16)).name).toBe('a')
  expect(() => readXml(nested(17))).toThrow(XmlError)
  expect(() => readXml('<a>'.repeat(200_000))).toThrow(XmlError)
})

test('text, CDATA, comments, prefixes and numbered characters are read', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<s:a xmlns:s="u" b=\'&lt;1\'>x<!-- y --><![CDATA[<&>]]>&#65;&#x42;\r\n<c/></s:a>\n',
  )
  expect(root).toMatchObject({ name: 'a', text: 'x<&>AB\n', children: [{ name: 'c', text: '' }] })
  expect(root.attributes.get('b')).toBe('<1')
})

test('what was escaped is read back, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = text.replaceAll('\u0000', '')
      expect(readXml(`<a>${escapeXml(safe)}</a>`).text).toBe(safe)
    }),
  )
})

const HEAD: HttpHead = { method: 'POST', path: '/b', query: 'delete', headers: [['Host', '127.0.0.1']] }
const s3 = serviceModel('s3')

test.each([
  '<!DOCTYPE x><Delete/>',
  '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>',
  '<Delete><Quiet>perhaps</Quiet></Delete>',
  '{"not":"xml"}',
  '\u00ff<Delete/>',
])('the body %s is MalformedXML', async (body) => {
  const decoding = s3.decodeInput(
    { name: 'DeleteObjects', labels: { Bucket: 'b' } },
    HEAD,
    Buffer.from(body, 'latin1'),
    undefined,
  )
  await expect(decoding).rejects.toMatchObject({ code: 'MalformedXML', httpStatus: 400 })
})

test('headers that cannot be read are InvalidArgument, but conditional dates are ignored', async () => {
  const get = (query: string, headers: HttpHead['headers'] = []) =>
    s3.decodeInput(
      { name: 'GetObject', labels: { Bucket: 'b', Key: 'k' } },
      { method: 'GET', path: '/b/k', query, headers },
      new Uint8Array(),
      undefined,
    )
  await expect(get('partNumber=one')).rejects.toMatchObject({
    code: 'InvalidArgument',
    members: { ArgumentName: 'partNumber', ArgumentValue: 'one' },
  })
  await expect(get('versionId=1&versionId=2')).rejects.toMatchObject({ code: 'InvalidArgument' })
  expect(await get('', [['If-Modified-Since', 'yesterday']])).toEqual({ Bucket: 'b', Key: 'k' })
})

test('presigned parameters stand for their headers, but never for the checksum of the body', async () => {
  const query = 'X-Amz-Signature=0&x-amz-acl=private&x-amz-meta-Colour=blue&x-amz-checksum-crc32=AAAAAA%3D%3D'
  const put = (text: string) =>
    s3.decodeInput(
      { name: 'PutObject', labels: { Bucket: 'b', Key: 'k' } },
      { method: 'PUT', path: '/b/k', query: text, headers: [] },
      new Uint8Array(),
      undefined,
    )
  expect(await put(query)).toEqual({ Bucket: 'b', Key: 'k', ACL: 'private', Metadata: { colour: 'blue' } })
  expect(await put(query.replace('X-Amz-Signature=0&', ''))).toEqual({ Bucket: 'b', Key: 'k' })
})

test('no metadata value ends its header line', async () => {
  const answer = await s3.encodeOutput(
    { name: 'HeadObject', labels: {} },
    { ...HEAD, method: 'HEAD' },
    { Metadata: { a: 'x\r\nSet-Cookie: y' } },
    'id',
  )
  const value = answer.headers.find(([name]) => name === 'x-amz-meta-a')?.[1]
  expect(value).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/)
})

test('an S3 error names resource, request and host', () => {
  const error = s3.encodeError(
    undefined,
    { ...HEAD, path: '/b/<k>' },
    new ApiError('AccessDenied', 403, 'Access Denied'),
    'ID',
  )
  expect(Buffer.from(error.body as Uint8Array).toString()).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message><Resource>\/b\/&lt;k&gt;<\/Resource><RequestId>ID<\/RequestId><HostId>[^<]{76}<\/HostId><\/Error>$/,
  )
  expect(error.headers.map(([name]) => name)).toEqual(['Content-Type', 'x-amz-request-id', 'x-amz-id-2'])
})
