import { createHash } from 'node:crypto'
import { instant, type Partition } from '../../core/index.ts'
import { type PolicyDocument, parsePolicyDocument } from '../../standards/policy/index.ts'
import { iamArn } from './arns.ts'
import { AWS_MANAGED_POLICIES, type ManagedPolicyRow } from './generated/aws-managed-policies.ts'
import type { ManagedPolicy } from './model.ts'

/** The policies that AWS manages, as far as they are known here. */
export interface AwsManagedPolicies {
  find(arn: string): ManagedPolicy | undefined
  /** By name. */
  list(): readonly ManagedPolicy[]
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const NO_TAGS: ReadonlyMap<string, string> = new Map()

/** Documents are parsed when a policy is first asked for, and once. */
export function createAwsManagedPolicies(partition: Partition): AwsManagedPolicies {
  const rows = new Map(AWS_MANAGED_POLICIES.map((row) => [arnOf(row, partition), row]))
  const parsed = new Map<string, ManagedPolicy>()
  const find = (arn: string): ManagedPolicy | undefined => {
    const known = parsed.get(arn)
    if (known !== undefined) return known
    const row = rows.get(arn)
    if (row === undefined) return undefined
    const policy = policyOf(row, partition)
    parsed.set(arn, policy)
    return policy
  }
  return { find, list: () => [...rows.keys()].flatMap((arn) => find(arn) ?? []) }
}

function arnOf([name, path]: ManagedPolicyRow, partition: Partition): string {
  return iamArn({ partition, account: 'aws' }, `policy${path}${name}`)
}

function policyOf(row: ManagedPolicyRow, partition: Partition): ManagedPolicy {
  const [name, path, versionId, createdAt, updatedAt] = row
  const arn = iamArn({ partition, account: 'aws' }, `policy${path}${name}`)
  const policy = { name, arn, document: documentOf(row, partition) }
  const version = { id: versionId, policy, createdAt: instant(updatedAt) }
  return {
    account: 'aws',
    arn,
    uniqueId: uniqueIdOf(arn),
    path,
    name,
    versions: [version],
    defaultVersion: version,
    lastVersionNumber: Number(versionId.slice(1)),
    createdAt: instant(createdAt),
    updatedAt: instant(updatedAt),
    tags: NO_TAGS,
  }
}

/** The published documents name ARNs of the partition `aws`; in another partition they stand with that one's. */
function documentOf([, , , , , text]: ManagedPolicyRow, partition: Partition): PolicyDocument {
  return parsePolicyDocument(
    partition === 'aws' ? text : text.replaceAll('"arn:aws:', `"arn:${partition}:`),
    'identity',
  )
}

/** Made from the ARN, so that it is the same in every installation. */
function uniqueIdOf(arn: string): string {
  const digest = createHash('sha256').update(arn).digest().subarray(0, 17)
  return `ANPA${[...digest].map((byte) => ALPHABET[byte % 32]).join('')}`
}
