import { ConfigError } from '../../core/index.ts'
import {
  blockPublicAccess,
  createBucket,
  createProvider,
  keyOf,
  type PlanFacts,
  type PlannedCall,
  putDocuments,
  putVersioning,
} from './plan-model.ts'

/** SPEC: CloudFront Developer Guide, managed cache policies: CachingOptimized follows the origin's Cache-Control. */
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'

/** What earlier answers say; it is put in by hand, or by whoever applies the files. */
const ANSWERS = {
  certificate: 'CERTIFICATE_ARN',
  accessControl: 'ORIGIN_ACCESS_CONTROL_ID',
  distribution: 'DISTRIBUTION_ARN',
} as const

/**
 * A bucket that nobody reads but CloudFront, under the issuer's own host name with a certificate of ACM.
 * @throws ConfigError where there is no CloudFront for it
 */
export function privatePlan(facts: PlanFacts): readonly PlannedCall[] {
  const { bucket, issuer, partition } = facts
  if (partition !== 'aws')
    throw new ConfigError(`--cloudfront: not in the partition ${partition}`, {
      hint: 'publish to a public bucket, or serve it yourself',
    })
  const host = new URL(issuer).hostname
  return [
    createBucket(facts),
    putVersioning(facts),
    blockPublicAccess(facts, 'public policies refused'),
    {
      name: 'request-certificate',
      command: 'acm request-certificate',
      input: { DomainName: host, ValidationMethod: 'DNS', IdempotencyToken: 'openirsaissuer' },
      // SPEC: CloudFront Developer Guide: certificates of ACM must be in us-east-1.
      more: '--region us-east-1',
    },
    {
      name: 'create-origin-access-control',
      command: 'cloudfront create-origin-access-control',
      input: {
        OriginAccessControlConfig: {
          Name: bucket,
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    {
      name: 'create-distribution',
      command: 'cloudfront create-distribution',
      input: { DistributionConfig: distribution(facts, host) },
      before: `put the ARN of the certificate and the Id of the origin access control in the place of ${ANSWERS.certificate} and ${ANSWERS.accessControl}; the certificate must be ISSUED`,
    },
    {
      name: 'put-bucket-policy',
      command: 's3api put-bucket-policy',
      input: { Bucket: bucket, Policy: JSON.stringify(privatePolicy(facts)) },
      before: `put the ARN of the distribution in the place of ${ANSWERS.distribution}`,
    },
    ...putDocuments(facts),
    {
      ...createProvider(facts),
      before: `let ${host} lead to the distribution's domain name, then when \`openirsa issuer verify ${issuer}\` says that it is well`,
    },
  ]
}

function distribution(facts: PlanFacts, host: string) {
  const { bucket, region } = facts
  return {
    CallerReference: `openirsa-${bucket}`,
    Comment: `OIDC issuer ${facts.issuer}`,
    Enabled: true,
    HttpVersion: 'http2',
    Aliases: { Quantity: 1, Items: [host] },
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'bucket',
          DomainName: `${bucket}.s3.${region}.amazonaws.com`,
          OriginAccessControlId: ANSWERS.accessControl,
          OriginPath: originPath(facts),
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'bucket',
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] },
      Compress: false,
      CachePolicyId: CACHING_OPTIMIZED,
    },
    ViewerCertificate: {
      ACMCertificateArn: ANSWERS.certificate,
      SSLSupportMethod: 'sni-only',
      MinimumProtocolVersion: 'TLSv1.2_2021',
    },
  }
}

/** The prefix of the bucket that the issuer's path does not name itself. */
export function originPath({ prefix, issuer }: PlanFacts): string {
  const path = new URL(issuer).pathname.replace(/^\/|\/$/g, '')
  if (prefix === path) return ''
  if (path === '') return `/${prefix}`
  if (prefix.endsWith(`/${path}`)) return `/${prefix.slice(0, -path.length - 1)}`
  throw new ConfigError(`the prefix \`${prefix}\` does not end in the path of the issuer, \`${path}\``, {
    hint: `publish to s3://BUCKET/${path}, so that the URLs lead to the objects`,
  })
}

function privatePolicy(facts: PlanFacts) {
  const { bucket, partition, documents } = facts
  const resources = [documents.jwks, documents.discovery].map(
    (each) => `arn:${partition}:s3:::${bucket}/${keyOf(facts, each)}`,
  )
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ReadByTheDistribution',
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: resources,
        Condition: { StringEquals: { 'AWS:SourceArn': ANSWERS.distribution } },
      },
    ],
  }
}
