import type { Transaction } from 'kysely'
import { type AccountId, type Instant, instant, type Region, StoreError } from '../../../core/index.ts'
import type { Store } from '../../../io/store/index.ts'
import { isChecksumAlgorithm } from '../../../standards/checksums/index.ts'
import { bucketNotEmpty, noSuchBucket, noSuchKey, preconditionFailed } from './errors.ts'
import type { Bucket, Content, ObjectHeaders, StoredObject, WriteCondition } from './model.ts'
import { matchesEtag } from './preconditions.ts'
import type { BucketRow, ObjectRow, S3Tables } from './tables.ts'

/** A line of a listing. */
export interface ListedObject {
  readonly key: Buffer
  readonly size: number
  readonly etag: string
  readonly modifiedAt: Instant
  readonly storageClass?: string
  readonly checksumAlgorithm?: string
}

/** A stretch of keys: from `from` on, up to but not with `to`. */
export interface KeyRange {
  readonly from: Buffer
  readonly to?: Buffer
  readonly limit: number
}

/** How buckets and objects live in the store. */
export interface Repository {
  findBucket(name: string): Promise<Bucket | undefined>
  /** By name, in the order of bytes. */
  listBuckets(account: AccountId): Promise<readonly Bucket[]>
  /** The bucket of that name that was there before; undefined when this one was made. */
  insertBucket(bucket: Bucket): Promise<Bucket | undefined>
  /** @throws ApiError NoSuchBucket, BucketNotEmpty */
  deleteBucket(name: string): Promise<void>
  /** @throws ApiError NoSuchBucket */
  setPolicy(name: string, policy: string | undefined): Promise<void>
  hasObject(bucket: string, key: string): Promise<boolean>
  findObject(bucket: string, key: string): Promise<StoredObject | undefined>
  /** Makes the object visible; answers what it replaced. @throws ApiError NoSuchBucket, NoSuchKey, PreconditionFailed */
  putObject(object: StoredObject, condition?: WriteCondition): Promise<Content | undefined>
  /** Answers what is now free; undefined when there was nothing. @throws ApiError PreconditionFailed */
  deleteObject(bucket: string, key: string, condition?: WriteCondition): Promise<Content | undefined>
  scan(bucket: string, range: KeyRange): Promise<readonly ListedObject[]>
  /** Those of the ids that an object uses. */
  filesInUse(ids: readonly string[]): Promise<ReadonlySet<string>>
}

export function createRepository(store: Store): Repository {
  const db = store.room<S3Tables>()
  return {
    ...bucketsIn(store),
    ...objectsIn(store),
    filesInUse: async (ids) => {
      if (ids.length === 0) return new Set()
      const rows = await db
        .selectFrom('s3_objects')
        .select('file')
        .where('file', 'in', [...ids])
        .execute()
      return new Set(rows.flatMap(({ file }) => (file === null ? [] : [file])))
    },
  }
}

type Buckets = Pick<Repository, 'findBucket' | 'listBuckets' | 'insertBucket' | 'deleteBucket' | 'setPolicy'>
type Objects = Pick<Repository, 'hasObject' | 'findObject' | 'putObject' | 'deleteObject' | 'scan'>

function bucketsIn(store: Store): Buckets {
  const db = store.room<S3Tables>()
  return {
    findBucket: async (name) => {
      const row = await db.selectFrom('s3_buckets').selectAll().where('name', '=', name).executeTakeFirst()
      return row === undefined ? undefined : bucketOf(row)
    },
    listBuckets: async (account) => {
      const rows = await db.selectFrom('s3_buckets').selectAll().where('account', '=', account).execute()
      return rows.map(bucketOf).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    insertBucket: (bucket) =>
      store.transaction<S3Tables, Bucket | undefined>(async (tx) => {
        const there = await tx.selectFrom('s3_buckets').selectAll().where('name', '=', bucket.name).executeTakeFirst()
        if (there !== undefined) return bucketOf(there)
        const { name, account, region, createdAt, policy = null } = bucket
        await tx.insertInto('s3_buckets').values({ name, account, region, created_at: createdAt, policy }).execute()
        return undefined
      }),
    deleteBucket: (name) =>
      store.transaction<S3Tables, void>(async (tx) => {
        await mustHaveBucket(tx, name)
        const first = await tx.selectFrom('s3_objects').select('size').where('bucket', '=', name).limit(1).execute()
        if (first.length > 0) throw bucketNotEmpty(name)
        await tx.deleteFrom('s3_buckets').where('name', '=', name).execute()
      }),
    setPolicy: (name, policy) =>
      store.transaction<S3Tables, void>(async (tx) => {
        await mustHaveBucket(tx, name)
        await tx
          .updateTable('s3_buckets')
          .set({ policy: policy ?? null })
          .where('name', '=', name)
          .execute()
      }),
  }
}

function objectsIn(store: Store): Objects {
  const db = store.room<S3Tables>()
  const at = (bucket: string, key: string) =>
    db.selectFrom('s3_objects').where('bucket', '=', bucket).where('key', '=', bytesOf(key))
  return {
    hasObject: async (bucket, key) => (await at(bucket, key).select('size').executeTakeFirst()) !== undefined,
    findObject: async (bucket, key) => {
      const row = await at(bucket, key).selectAll().executeTakeFirst()
      return row === undefined ? undefined : objectOf(row)
    },
    putObject: (object, condition = {}) =>
      store.transaction<S3Tables, Content | undefined>((tx) => publish(tx, object, condition)),
    deleteObject: (bucket, key, condition = {}) =>
      store.transaction<S3Tables, Content | undefined>(async (tx) => {
        const there = await findContent(tx, bucket, key)
        if (condition.ifMatch !== undefined && (there === undefined || !matchesEtag(condition.ifMatch, there.etag)))
          throw preconditionFailed('If-Match')
        if (there === undefined) return undefined
        await tx.deleteFrom('s3_objects').where('bucket', '=', bucket).where('key', '=', bytesOf(key)).execute()
        return there.content
      }),
    scan: async (bucket, { from, to, limit }) => {
      const columns = ['key', 'size', 'etag', 'modified_at', 'headers', 'checksum_algorithm'] as const
      const start = db.selectFrom('s3_objects').select(columns).where('bucket', '=', bucket).where('key', '>=', from)
      const stretch = to === undefined ? start : start.where('key', '<', to)
      return (await stretch.orderBy('key').limit(limit).execute()).map(lineOf)
    },
  }
}

async function mustHaveBucket(tx: Transaction<S3Tables>, name: string): Promise<void> {
  const row = await tx.selectFrom('s3_buckets').select('name').where('name', '=', name).executeTakeFirst()
  if (row === undefined) throw noSuchBucket(name)
}

interface Found {
  readonly etag: string
  readonly content: Content
}

async function findContent(tx: Transaction<S3Tables>, bucket: string, key: string): Promise<Found | undefined> {
  const row = await tx
    .selectFrom('s3_objects')
    .select(['etag', 'file', 'bytes'])
    .where('bucket', '=', bucket)
    .where('key', '=', bytesOf(key))
    .executeTakeFirst()
  return row === undefined ? undefined : { etag: row.etag, content: contentOf(row) }
}

async function publish(
  tx: Transaction<S3Tables>,
  object: StoredObject,
  { ifMatch, ifAbsent }: WriteCondition,
): Promise<Content | undefined> {
  // The bucket may have gone while the body came in.
  await mustHaveBucket(tx, object.bucket)
  const there = await findContent(tx, object.bucket, object.key)
  if (ifAbsent === true && there !== undefined) throw preconditionFailed('If-None-Match')
  if (ifMatch !== undefined) {
    if (there === undefined) throw noSuchKey(object.key)
    if (!matchesEtag(ifMatch, there.etag)) throw preconditionFailed('If-Match')
  }
  const row = rowOf(object)
  const { bucket: _bucket, key: _key, ...changed } = row
  await tx
    .insertInto('s3_objects')
    .values(row)
    .onConflict((conflict) => conflict.columns(['bucket', 'key']).doUpdateSet(changed))
    .execute()
  return there?.content
}

const bytesOf = (key: string): Buffer => Buffer.from(key, 'utf8')

function bucketOf({ name, account, region, created_at, policy }: BucketRow): Bucket {
  return {
    name,
    account: account as AccountId,
    region: region as Region,
    createdAt: instant(Number(created_at)),
    ...(policy === null ? {} : { policy }),
  }
}

function contentOf({ file, bytes }: Pick<ObjectRow, 'file' | 'bytes'>): Content {
  if (file !== null) return { kind: 'file', id: file }
  if (bytes !== null) return { kind: 'inline', bytes: Buffer.from(bytes) }
  throw new StoreError('corrupt', 'an object in the store has neither bytes nor a file')
}

function objectOf(row: ObjectRow): StoredObject {
  const { bucket, key, size, etag, modified_at, headers, checksum_algorithm: algorithm, checksum } = row
  return {
    bucket,
    key: Buffer.from(key).toString('utf8'),
    // PostgreSQL gives a bigint as text.
    size: Number(size),
    etag,
    modifiedAt: instant(Number(modified_at)),
    content: contentOf(row),
    headers: readHeaders(headers),
    ...(algorithm !== null && checksum !== null && isChecksumAlgorithm(algorithm)
      ? { checksum: { algorithm, value: checksum } }
      : {}),
  }
}

// What this room wrote itself; the metadata in it are opaque text.
function readHeaders(text: string): ObjectHeaders {
  return JSON.parse(text) as ObjectHeaders
}

function rowOf({ bucket, key, size, etag, modifiedAt, content, headers, checksum }: StoredObject): ObjectRow {
  return {
    bucket,
    key: bytesOf(key),
    size,
    etag,
    modified_at: modifiedAt,
    file: content.kind === 'file' ? content.id : null,
    bytes: content.kind === 'inline' ? content.bytes : null,
    headers: JSON.stringify(headers),
    checksum_algorithm: checksum?.algorithm ?? null,
    checksum: checksum?.value ?? null,
  }
}

type Line = Pick<ObjectRow, 'key' | 'size' | 'etag' | 'modified_at' | 'headers' | 'checksum_algorithm'>

function lineOf(row: Line): ListedObject {
  const { StorageClass } = readHeaders(row.headers)
  return {
    key: Buffer.from(row.key),
    size: Number(row.size),
    etag: row.etag,
    modifiedAt: instant(Number(row.modified_at)),
    ...(StorageClass === undefined ? {} : { storageClass: StorageClass }),
    ...(row.checksum_algorithm === null ? {} : { checksumAlgorithm: row.checksum_algorithm }),
  }
}
