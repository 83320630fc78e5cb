import {
  ConfigError,
  type Partition,
  parseArn,
  type ServiceAccountRef,
  stsAudienceOf,
  subjectOf,
} from '../../core/index.ts'

export interface TrustWish {
  readonly serviceAccounts: readonly ServiceAccountRef[]
  /** A subject with a wildcard, asked for by name. */
  readonly subjectLike?: string
  readonly providerArn: string
  /** Default: AWS STS, as it is called in the provider's partition. */
  readonly audience?: string
}

export interface TrustPolicy {
  readonly providerArn: string
  /** Host and path of the issuer, as condition keys begin with it. */
  readonly issuer: string
  readonly document: TrustDocument
}

export interface TrustDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly TrustStatement[]
}

interface TrustStatement {
  readonly Effect: 'Allow'
  readonly Principal: { readonly Federated: string }
  readonly Action: 'sts:AssumeRoleWithWebIdentity'
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/**
 * The trust policy that lets in exactly these service accounts, with exactly this audience.
 * @throws ConfigError when it names nobody, or the provider's ARN is none
 */
export function generateTrust(wish: TrustWish): TrustPolicy {
  const { providerArn, subjectLike } = wish
  const arn = parseArn(providerArn)
  const issuer = /^oidc-provider\/([^*?]+)$/.exec(arn?.resource ?? '')?.[1]
  if (arn?.service !== 'iam' || issuer === undefined || !/^\d{12}$/.test(arn.account))
    throw new ConfigError(`\`${providerArn.slice(0, 200)}\` is no OIDC provider`, {
      hint: 'such as arn:aws:iam::000000000000:oidc-provider/oidc.example.com/id/A1',
    })
  const subjects = wish.serviceAccounts.map(subjectOf)
  if (subjects.length === 0 && subjectLike === undefined)
    throw new ConfigError('the trust policy would let in every service account', {
      hint: 'name them with --service-account',
    })
  if (subjects.length > 0 && subjectLike !== undefined)
    throw new ConfigError(
      '--service-account and --subject-like cannot be combined: conditions of one statement must all hold',
    )
  const audience = wish.audience ?? stsAudienceOf(arn.partition as Partition)
  const exact = { [`${issuer}:aud`]: audience }
  const [subject = ''] = subjects
  const condition =
    subjectLike === undefined
      ? { StringEquals: { [`${issuer}:sub`]: subjects.length === 1 ? subject : subjects, ...exact } }
      : { StringEquals: exact, StringLike: { [`${issuer}:sub`]: subjectLike } }
  return { providerArn, issuer, document: { Version: '2012-10-17', Statement: [statement(providerArn, condition)] } }
}

function statement(providerArn: string, Condition: TrustStatement['Condition']): TrustStatement {
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  }
}
