import { UpstreamError } from '../../core/index.ts'
import { inSomeRegion, loadSdk } from '../aws/index.ts'

export interface ObjectPlace {
  readonly bucket: string
  readonly key: string
}

/** An object of text, with the headers that it is served with. */
export interface StoredObject {
  readonly body: string
  readonly contentType: string | undefined
  readonly cacheControl: string | undefined
}

/** Objects in S3, by the credentials and the endpoint that the AWS SDK finds by itself. */
export interface ObjectStore {
  /** Undefined when there is no such object. @throws UpstreamError */
  read(place: ObjectPlace): Promise<StoredObject | undefined>
  /** @throws UpstreamError */
  write(
    place: ObjectPlace,
    object: { readonly body: string; readonly contentType: string; readonly cacheControl: string },
  ): Promise<void>
}

type Sdk = typeof import('@aws-sdk/client-s3')
type Settings = NonNullable<ConstructorParameters<Sdk['S3Client']>[0]>

const MOST_BYTES = 1024 * 1024

/** @throws ConfigError when the SDK is not installed */
export async function createObjectStore(settings: Settings = {}): Promise<ObjectStore> {
  const sdk = await loadSdk({ name: '@aws-sdk/client-s3', by: 'publishing to S3' }, () => import('@aws-sdk/client-s3'))
  // S3 tells the region of a bucket in any other, and the client follows.
  const client = await inSomeRegion(
    (region) => new sdk.S3Client({ ...region, followRegionRedirects: true, ...settings }),
  )
  return {
    read: async ({ bucket, key }) => {
      try {
        const answer = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }))
        if ((answer.ContentLength ?? 0) > MOST_BYTES)
          throw new UpstreamError(`\`s3://${bucket}/${key}\` has more than ${MOST_BYTES} bytes: it is none of ours`)
        const body = (await answer.Body?.transformToString()) ?? ''
        return { body, contentType: answer.ContentType, cacheControl: answer.CacheControl }
      } catch (failure) {
        if (failure instanceof sdk.NoSuchKey) return undefined
        throw upstream(failure, `read \`s3://${bucket}/${key}\``)
      }
    },
    write: async ({ bucket, key }, { body, contentType, cacheControl }) => {
      try {
        const input = { Bucket: bucket, Key: key, Body: body, ContentType: contentType, CacheControl: cacheControl }
        await client.send(new sdk.PutObjectCommand(input))
      } catch (failure) {
        throw upstream(failure, `write \`s3://${bucket}/${key}\``)
      }
    },
  }
}

const WAYS_OUT: ReadonlyMap<string, string> = new Map([
  ['NoSuchBucket', 'make the bucket first: `openirsa issuer publish --dry-run` writes how'],
  ['AccessDenied', 'the credentials need s3:GetObject, s3:PutObject and s3:ListBucket there'],
  [
    'CredentialsProviderError',
    'give credentials, as the AWS CLI finds them; for the local cloud: eval "$(openirsa env)"',
  ],
])

function upstream(failure: unknown, what: string): unknown {
  if (!(failure instanceof Error) || failure instanceof UpstreamError) return failure
  const hint = WAYS_OUT.get(failure.name) ?? 'see the credentials, the region and the endpoint'
  return new UpstreamError(`S3 does not ${what}: ${failure.name}: ${failure.message}`, { cause: failure, hint })
}
