import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instant } from '../../../core/index.ts'
import { encodeKey, type ListingPage, listPage, type Mark, parseToken, renderToken, successor } from './listing.ts'
import type { KeyRange, ListedObject } from './repository.ts'

const line = (key: string): ListedObject => ({ key: Buffer.from(key), size: 0, etag: '', modifiedAt: instant(0) })

/** A bucket with these keys; counts how often it is read. */
function bucketOf(keys: readonly string[]) {
  const sorted = [...new Set(keys)].map(line).toSorted((a, b) => a.key.compare(b.key))
  const bucket = {
    scans: 0,
    scan: async ({ from, to, limit }: KeyRange) => {
      bucket.scans += 1
      return sorted
        .filter(({ key }) => key.compare(from) >= 0 && (to === undefined || key.compare(to) < 0))
        .slice(0, limit)
    },
  }
  return bucket
}

interface Asked {
  readonly prefix?: string
  readonly delimiter?: string
  readonly limit?: number
  readonly mark?: Mark
}

const list = (bucket: ReturnType<typeof bucketOf>, { prefix = '', delimiter = '', limit = 1000, mark }: Asked = {}) =>
  listPage(bucket.scan, {
    prefix: Buffer.from(prefix),
    delimiter: Buffer.from(delimiter),
    limit,
    ...(mark === undefined ? {} : { mark }),
  })

const entriesOf = ({ objects, prefixes }: ListingPage) => ({
  keys: objects.map(({ key }) => key.toString()),
  prefixes: prefixes.map(String),
})

async function listAll(bucket: ReturnType<typeof bucketOf>, asked: Asked) {
  const all = { keys: [] as string[], prefixes: [] as string[] }
  let mark: Mark | undefined
  do {
    const page: ListingPage = await list(bucket, { ...asked, ...(mark === undefined ? {} : { mark }) })
    const { keys, prefixes } = entriesOf(page)
    expect(keys.length + prefixes.length).toBeLessThanOrEqual(asked.limit ?? 1000)
    all.keys.push(...keys)
    all.prefixes.push(...prefixes)
    mark = page.next === undefined ? undefined : parseToken(renderToken(page.next))
  } while (mark !== undefined)
  return all
}

describe('a page', () => {
  it('lists keys in the order of their bytes, not of their letters', async () => {
    const keys = ['\u{1f600}', '\uffee', 'b', 'B', 'a/', 'a', 'é']
    expect(entriesOf(await list(bucketOf(keys))).keys).toEqual(['B', 'a', 'a/', 'b', 'é', '\uffee', '\u{1f600}'])
  })

  it('rolls keys with the same beginning up to the delimiter into one entry', async () => {
    const bucket = bucketOf(['photos/2006/a', 'photos/2006/b', 'photos/2007/c', 'photos/d', 'x'])
    expect(entriesOf(await list(bucket, { delimiter: '/' }))).toEqual({ keys: ['x'], prefixes: ['photos/'] })
    expect(entriesOf(await list(bucket, { delimiter: '/', prefix: 'photos/' }))).toEqual({
      keys: ['photos/d'],
      prefixes: ['photos/2006/', 'photos/2007/'],
    })
    expect(entriesOf(await list(bucket, { delimiter: '00', prefix: 'p' })).prefixes).toEqual(['photos/200'])
  })

  it('of no entries is complete', async () => {
    expect(await list(bucketOf(['a']), { limit: 0 })).toEqual({ objects: [], prefixes: [] })
  })

  it('says that there is more only when there is', async () => {
    expect((await list(bucketOf(['a', 'b']), { limit: 2 })).next).toBeUndefined()
    expect((await list(bucketOf(['a', 'b', 'c']), { limit: 2 })).next).toEqual({ after: Buffer.from('b') })
    expect((await list(bucketOf(['a/1', 'a/2', 'a/3']), { limit: 1, delimiter: '/' })).next).toBeUndefined()
  })

  it('does not list a common prefix again when it starts after it', async () => {
    const bucket = bucketOf(['a/1', 'a/2', 'b'])
    const mark = { after: Buffer.from('a/') }
    expect(entriesOf(await list(bucket, { delimiter: '/', mark }))).toEqual({ keys: ['b'], prefixes: [] })
  })

  it('does not read every key under a common prefix', async () => {
    const bucket = bucketOf(Array.from({ length: 20_000 }, (_, at) => `${at % 3}/${at}`))
    expect(entriesOf(await list(bucket, { delimiter: '/' })).prefixes).toEqual(['0/', '1/', '2/'])
    expect(bucket.scans).toBeLessThanOrEqual(5)
  })
})

const keyPieces = fc.array(fc.constantFrom('a', 'b', '/', '//', 'é', '\u{1f600}', '\u0000', '~'), {
  minLength: 1,
  maxLength: 5,
})
const anyKeys = fc.array(
  keyPieces.map((pieces) => pieces.join('')),
  { maxLength: 25 },
)

it('all pages together are the whole listing, once each, however small the pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyKeys,
      fc.constantFrom('', 'a', 'a/', '/'),
      fc.constantFrom('', '/', '//', 'é'),
      fc.integer({ min: 1, max: 4 }),
      async (keys, prefix, delimiter, limit) => {
        const expected = { keys: new Set<string>(), prefixes: new Set<string>() }
        for (const key of keys.filter((one) => one.startsWith(prefix))) {
          const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
          if (at < 0) expected.keys.add(key)
          else expected.prefixes.add(key.slice(0, at + delimiter.length))
        }
        const inOrder = (set: Set<string>) => [...set].toSorted((a, b) => Buffer.from(a).compare(Buffer.from(b)))
        expect(await listAll(bucketOf(keys), { prefix, delimiter, limit })).toEqual({
          keys: inOrder(expected.keys),
          prefixes: inOrder(expected.prefixes),
        })
      },
    ),
    { numRuns: 300 },
  )
})

it('the successor sorts after all that begins with the bytes, and before all else that sorts after them', () => {
  expect(successor(Buffer.from('a/'))).toEqual(Buffer.from('a0'))
  expect(successor(Buffer.from([0x61, 0xff]))).toEqual(Buffer.from('b'))
  expect(successor(Buffer.from([0xff]))).toBeUndefined()
  expect(successor(Buffer.alloc(0))).toBeUndefined()
})

it('a token of nobody is none', () => {
  for (const token of ['', 'x', '!!', Buffer.from([7, 65]).toString('base64'), 'AGE', 'AA=='])
    expect(parseToken(token)).toBeUndefined()
})

it('keys are encoded as S3 encodes them', () => {
  expect(encodeKey('test_file(3).png')).toBe('test_file%283%29.png')
  expect(encodeKey('a b/c+é\u0001~')).toBe('a+b/c%2B%C3%A9%01%7E')
})
