import type { IssuerDocument, IssuerDocuments } from '../../cluster/key-store/index.ts'
import { stsAudienceOf } from '../../core/index.ts'
import type { IssuerUrl } from '../../standards/oidc/index.ts'

export interface PlanFacts {
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  readonly partition: 'aws' | 'aws-cn' | 'aws-us-gov'
  readonly issuer: IssuerUrl
  readonly documents: IssuerDocuments
}

/** One call of the AWS CLI. */
export interface PlannedCall {
  readonly name: string
  /** `s3api create-bucket`. */
  readonly command: string
  readonly input: Readonly<Record<string, unknown>>
  /** Arguments that no input file holds. */
  readonly more?: string
  /** What has to be filled in, or waited for, before. */
  readonly before?: string
}

export const keyOf = ({ prefix }: Pick<PlanFacts, 'prefix'>, { path }: Pick<IssuerDocument, 'path'>): string =>
  prefix === '' ? path : `${prefix}/${path}`

export const createBucket = ({ bucket, region }: PlanFacts): PlannedCall => ({
  name: 'create-bucket',
  command: 's3api create-bucket',
  // SPEC: S3 CreateBucket: us-east-1 is the one region that must not be named.
  input: {
    Bucket: bucket,
    ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } }),
  },
  more: `--region ${region}`,
})

export const putVersioning = ({ bucket }: PlanFacts): PlannedCall => ({
  name: 'put-bucket-versioning',
  command: 's3api put-bucket-versioning',
  input: { Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } },
})

/** Nothing by lists of access, whatever the policy of the bucket says; `policies`: what may make it public. */
export const blockPublicAccess = (
  { bucket }: PlanFacts,
  policies: 'public policies refused' | 'public policies taken',
): PlannedCall => {
  const isRefused = policies === 'public policies refused'
  return {
    name: 'put-public-access-block',
    command: 's3api put-public-access-block',
    input: {
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: isRefused,
        RestrictPublicBuckets: isRefused,
      },
    },
  }
}

/** The JWKS first. */
export const putDocuments = (facts: PlanFacts): readonly PlannedCall[] =>
  [facts.documents.jwks, facts.documents.discovery].map((document) => ({
    name: `put-object-${document.name}`,
    command: 's3api put-object',
    input: {
      Bucket: facts.bucket,
      Key: keyOf(facts, document),
      ContentType: document.contentType,
      CacheControl: document.cacheControl,
    },
    more: `--body ${document.name === 'jwks' ? 'keys.json' : 'openid-configuration'}`,
  }))

export const createProvider = (facts: PlanFacts): PlannedCall => ({
  name: 'create-open-id-connect-provider',
  command: 'iam create-open-id-connect-provider',
  input: { Url: facts.issuer, ClientIDList: [stsAudienceOf(facts.partition)] },
  before: `when \`openirsa issuer verify ${facts.issuer}\` says that it is well`,
})
