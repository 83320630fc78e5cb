import { type AccountId, type Arn, type Partition, parseArn, renderArn } from '../../core/index.ts'

interface Owner {
  readonly partition: Partition
  readonly account: AccountId | 'aws'
}

/** ARN of an IAM resource: `arn:aws:iam::111122223333:role/path/name`. IAM has no regions. */
export function iamArn({ partition, account }: Owner, resource: string): Arn {
  return renderArn({ partition, service: 'iam', region: '', account, resource })
}

export interface NamedResource {
  readonly account: string
  /** `role`, `user`, `policy` … */
  readonly type: string
  /** What stands after the last slash. */
  readonly name: string
}

/** The parts of an ARN of IAM's that ends in a name, whatever the path; undefined for any other text. */
export function parseIamArn(arn: string): NamedResource | undefined {
  const parts = parseArn(arn)
  if (parts === undefined || parts.service !== 'iam' || parts.region !== '') return undefined
  const slash = parts.resource.indexOf('/')
  if (slash === -1) return undefined
  const name = parts.resource.slice(parts.resource.lastIndexOf('/') + 1)
  return { account: parts.account, type: parts.resource.slice(0, slash), name }
}
