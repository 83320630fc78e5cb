import { type Partition, PolicyError, parseAccountId, parseArn, partitionOf } from '../../../core/index.ts'
import {
  type NamedPolicy,
  type PolicyDocument,
  type PrincipalEntry,
  parsePolicyDocument,
  resourceFaultWords,
  type Statement,
} from '../../../standards/policy/index.ts'
import { malformedPolicy } from './errors.ts'
import type { Bucket, S3Options } from './model.ts'

/** SPEC: "Bucket policies are limited to 20 KB in size." */
const LARGEST_POLICY = 20 * 1024
const MOST_KEPT = 1000

/** Bucket policies, parsed once for each text. */
export interface BucketPolicies {
  of(bucket: Bucket): NamedPolicy | undefined
}

export function createBucketPolicies(): BucketPolicies {
  const parsed = new Map<string, PolicyDocument>()
  return {
    of: ({ name, policy }) => {
      if (policy === undefined) return undefined
      const known = parsed.get(policy)
      const document = known ?? parsePolicyDocument(policy, 'resource')
      if (known === undefined) {
        if (parsed.size >= MOST_KEPT) parsed.clear()
        parsed.set(policy, document)
      }
      return { name, document }
    },
  }
}

/** Refuses a text that may not become the policy of that bucket. @throws ApiError MalformedPolicy, in S3's words */
export function checkBucketPolicy(text: string, bucket: Bucket, identity: S3Options['identity'] | undefined): void {
  // UNVERIFIED: the code for a policy that is too long; the text is S3's.
  if (Buffer.byteLength(text) > LARGEST_POLICY)
    throw malformedPolicy('Normalized policy document exceeds the maximum allowed size of 20480 bytes.')
  for (const statement of parse(text).statements) {
    checkPrincipals(statement, partitionOf(bucket.region), identity)
    checkActions(statement)
    checkResources(statement, bucket)
    checkFit(statement)
  }
}

function parse(text: string): PolicyDocument {
  try {
    return parsePolicyDocument(text, 'resource')
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw malformedPolicy(resourceFaultWords(error), error)
  }
}

function checkPrincipals(
  { principals }: Statement,
  partition: Partition,
  identity: S3Options['identity'] | undefined,
): void {
  if (identity === undefined) return
  for (const entry of principals?.entries ?? [])
    if (isOfAnotherPartition(entry, partition) || !exists(entry, identity))
      throw malformedPolicy('Invalid principal in policy')
}

/** SPEC: partitions share no accounts: nobody of another one can be named. */
function isOfAnotherPartition({ value }: PrincipalEntry, partition: Partition): boolean {
  const arn = parseArn(value)
  return arn !== undefined && arn.partition !== partition
}

/** Accounts are taken as they are: other installations and AWS have accounts too, but their roles cannot come here. */
function exists({ type, value }: PrincipalEntry, identity: NonNullable<S3Options['identity']>): boolean {
  if (type !== 'AWS' || value === '*' || parseAccountId(value) !== undefined) return true
  const arn = parseArn(value)
  const account = parseAccountId(arn?.account ?? '')
  if (arn === undefined || account === undefined) return false
  const [kind = '', ...path] = arn.resource.split('/')
  const last = path.at(-1) ?? ''
  if (arn.service === 'sts') return kind === 'assumed-role' && identity.findRole(account, path[0] ?? '') !== undefined
  if (arn.service !== 'iam') return false
  if (arn.resource === 'root') return true
  if (kind === 'role') return identity.findRoleByArn(value) !== undefined
  return kind === 'user' && identity.findUser(account, last)?.arn === value
}

function checkActions({ actions }: Statement): void {
  for (const pattern of actions.patterns)
    if (pattern !== '*' && !pattern.toLowerCase().startsWith('s3:')) throw malformedPolicy('Policy has invalid action')
}

/** UNVERIFIED: that S3 takes no ARN of another partition. No call here could ever match one. */
const S3_RESOURCE = /^arn:(aws[a-z-]*):s3:::(.+)$/s

function checkResources({ resources }: Statement, { name, region }: Bucket): void {
  for (const pattern of resources?.patterns ?? []) {
    if (pattern === '*') continue
    const [, partition, rest = ''] = S3_RESOURCE.exec(pattern) ?? []
    const [bucketPattern = ''] = rest.split('/', 1)
    if (partition !== partitionOf(region) || !mayName(bucketPattern, name))
      throw malformedPolicy('Policy has invalid resource')
  }
}

/** True for the bucket's name, and for a pattern whose start is a start of it. */
function mayName(pattern: string, name: string): boolean {
  const wildcard = pattern.search(/[*?]/)
  return wildcard < 0 ? pattern === name : name.startsWith(pattern.slice(0, wildcard))
}

const OTHER_OBJECT_ACTIONS = new Set([
  'abortmultipartupload',
  'listmultipartuploadparts',
  'bypassgovernanceretention',
  'initiatereplication',
])

function isObjectAction(action: string): boolean {
  const name = action.slice(action.indexOf(':') + 1).toLowerCase()
  if (OTHER_OBJECT_ACTIONS.has(name)) return true
  return (name.includes('object') || name.startsWith('replicate')) && !name.includes('bucket')
}

/** SPEC: each action must fit a resource of its statement: an object's action an object's ARN, a bucket's action a bucket's. */
function checkFit({ actions, resources }: Statement): void {
  if (actions.not || resources === undefined || resources.not) return
  const hasObjects = resources.patterns.some((pattern) => pattern.includes('/') || /[*?]/.test(pattern))
  const hasBuckets = resources.patterns.some((pattern) => !pattern.includes('/') || /[*?].*\//s.test(pattern))
  for (const action of actions.patterns) {
    if (/[*?]/.test(action)) continue
    if (!(isObjectAction(action) ? hasObjects : hasBuckets))
      throw malformedPolicy('Action does not apply to any resource(s) in statement')
  }
}
