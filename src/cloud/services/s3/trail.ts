import type { AccountId, Partition } from '../../../core/index.ts'
import type { TrailShape } from '../../operation.ts'

interface Named {
  readonly Bucket?: string
  readonly Key?: string
  readonly Prefix?: string
}

/** Members that stand in a record beside bucket and key, and the names that CloudTrail gives them: those of the wire. */
const PARAMETERS = {
  ACL: 'x-amz-acl',
  ContinuationToken: 'continuation-token',
  CopySource: 'x-amz-copy-source',
  Delimiter: 'delimiter',
  EncodingType: 'encoding-type',
  Marker: 'marker',
  MaxKeys: 'max-keys',
  MetadataDirective: 'x-amz-metadata-directive',
  Prefix: 'prefix',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  StartAfter: 'start-after',
  StorageClass: 'x-amz-storage-class',
  VersionId: 'versionId',
} as const

/** Bucket, key and what chooses among them: nothing that a caller hides in a header, no metadata, no policy. */
function requestParameters(input: Named): Record<string, unknown> {
  const members: Readonly<Record<string, unknown>> = { ...input }
  const further = Object.entries(PARAMETERS).flatMap(([member, name]) =>
    members[member] === undefined ? [] : [[name, members[member]] as const],
  )
  return {
    ...(input.Bucket === undefined ? {} : { bucketName: input.Bucket }),
    ...(input.Key === undefined ? {} : { key: input.Key }),
    ...Object.fromEntries(further),
  }
}

type Resource = ReturnType<NonNullable<TrailShape<Named>['resources']>>[number]

function resources({ Bucket, Key }: Named, account: AccountId, partition: Partition): readonly Resource[] {
  if (Bucket === undefined) return []
  const bucket = { type: 'AWS::S3::Bucket', arn: `arn:${partition}:s3:::${Bucket}`, account }
  return Key === undefined ? [bucket] : [{ type: 'AWS::S3::Object', arn: `${bucket.arn}/${Key}`, account }, bucket]
}

const shape = (category: 'Management' | 'Data', readOnly: boolean): TrailShape<Named> => ({
  category,
  readOnly,
  requestParameters,
  resources,
})

/** SPEC: what is done with objects, and listing them, are data events; the bucket itself is management. */
export const objectRead: TrailShape<Named> = shape('Data', true)
export const objectWrite: TrailShape<Named> = shape('Data', false)
export const bucketRead: TrailShape<Named> = shape('Management', true)
export const bucketWrite: TrailShape<Named> = shape('Management', false)
