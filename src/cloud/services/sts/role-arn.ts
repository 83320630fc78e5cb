import { type AccountId, parseAccountId, parseArn } from '../../../core/index.ts'

/** The account of a role's ARN, or undefined for what is no ARN of a role. Whether there is such a role is another question. */
export function accountOfRoleArn(arn: string): AccountId | undefined {
  const parts = parseArn(arn)
  if (parts === undefined || parts.service !== 'iam' || parts.region !== '') return undefined
  if (!PARTITIONS.has(parts.partition) || !/^role\/./.test(parts.resource)) return undefined
  return parseAccountId(parts.account)
}

const PARTITIONS: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov'])
