import type { ObjectStore } from '../../io/object-store/index.ts'
import type { Publisher } from './model.ts'

export interface S3Place {
  readonly bucket: string
  /** Without slashes at its ends; the empty string is the bucket itself. */
  readonly prefix: string
}

/** Publishes into an S3 bucket. Who may read there is the bucket's policy to say. */
export function createS3Publisher({ bucket, prefix }: S3Place, objects: ObjectStore): Publisher {
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`)
  return {
    target: `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`,
    read: ({ path }) => objects.read({ bucket, key: keyOf(path) }),
    write: ({ path, body, contentType, cacheControl }) =>
      objects.write({ bucket, key: keyOf(path) }, { body, contentType, cacheControl }),
  }
}

/** Reads `s3://BUCKET/PREFIX`; undefined when it is none. SPEC: S3 User Guide, bucket naming rules. */
export function parseS3Target(target: string): S3Place | undefined {
  if (!target.startsWith('s3://')) return undefined
  const [bucket = '', ...segments] = target.slice('s3://'.length).replace(/\/+$/, '').split('/')
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || segments.some((segment) => segment === '')) return undefined
  return { bucket, prefix: segments.join('/') }
}
