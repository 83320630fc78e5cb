import { serviceModel } from '../../../standards/protocol/index.ts'
import { unusableClaim } from './errors.ts'
import { checkTags } from './labels.ts'
import type { Labels, SessionInput, Tag } from './model.ts'

// SPEC: IAM User Guide, "Pass session tags in AWS STS" (AssumeRoleWithWebIdentity) and "Monitor and control actions taken with assumed roles".
const OURS = 'https://aws.amazon.com/'
const TAGS = `${OURS}tags`
const FLAT_TAG = `${TAGS}/principal_tags/`
const FLAT_TRANSITIVE = `${TAGS}/transitive_tag_keys`
const SOURCE_IDENTITY = `${OURS}source_identity`

type Claims = Readonly<Record<string, unknown>>

/**
 * What a verified token sets on the session: tags in either form, transitive keys, source identity.
 * They are held to the same constraints as the parameters of AssumeRole.
 * @throws ApiError InvalidIdentityToken for a claim that cannot be read, ValidationError or InvalidParameterValue for its contents
 */
export function labelsOfToken({ RoleArn, RoleSessionName }: SessionInput, claims: Claims): Labels {
  if (!Object.keys(claims).some((name) => name.startsWith(OURS))) return NO_LABELS
  const tags = [...nestedTags(claims[TAGS]), ...flatTags(claims)]
  const transitiveTagKeys = [...nestedTransitive(claims[TAGS]), ...flatTransitive(claims[FLAT_TRANSITIVE])]
  const sourceIdentity = sourceIdentityOf(claims[SOURCE_IDENTITY])
  if (tags.length === 0 && transitiveTagKeys.length === 0 && sourceIdentity === undefined) return NO_LABELS
  serviceModel('sts').checkInput('AssumeRole', {
    RoleArn,
    RoleSessionName,
    Tags: tags,
    TransitiveTagKeys: transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  })
  checkTags(tags, transitiveTagKeys)
  return {
    tags: new Map(tags.map(({ Key, Value }) => [Key, Value])),
    transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  }
}

const NO_LABELS: Labels = { tags: new Map(), transitiveTagKeys: [] }

function nestedTags(claim: unknown): readonly Tag[] {
  if (claim === undefined) return []
  const { principal_tags: tags = {} } = isObject(claim) ? claim : { principal_tags: null }
  if (!isObject(tags)) throw unusableClaim(TAGS, 'must have `principal_tags`, an object')
  return Object.entries(tags).map(([Key, values]) => ({ Key, Value: oneOf(values, TAGS) }))
}

function nestedTransitive(claim: unknown): readonly string[] {
  const { transitive_tag_keys: keys = [] } = isObject(claim) ? claim : {}
  return textsOf(keys, TAGS)
}

function flatTags(claims: Claims): readonly Tag[] {
  return Object.entries(claims)
    .filter(([name]) => name.startsWith(FLAT_TAG))
    .map(([name, value]) => ({
      Key: name.slice(FLAT_TAG.length),
      Value: typeof value === 'string' ? value : oneOf(value, name),
    }))
}

function flatTransitive(claim: unknown = []): readonly string[] {
  return textsOf(claim, FLAT_TRANSITIVE)
}

/** SPEC: a tag has one value, which stands in a list all the same. */
function oneOf(values: unknown, claim: string): string {
  const [value, ...more] = textsOf(values, claim)
  if (value === undefined || more.length > 0) throw unusableClaim(claim, 'must give each tag a list of one value')
  return value
}

function textsOf(values: unknown, claim: string): readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values
  throw unusableClaim(claim, 'must have a list of texts')
}

function sourceIdentityOf(claim: unknown): string | undefined {
  if (claim === undefined || typeof claim === 'string') return claim
  throw unusableClaim(SOURCE_IDENTITY, 'must be a text')
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
