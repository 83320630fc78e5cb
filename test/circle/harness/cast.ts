/** Who takes part: a role that trusts one service account of the cluster, the bucket that it may list, and one that it may not. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { ACCOUNT, type CloudHalf } from './cloud-half.ts'

export const AUDIENCE = 'sts.amazonaws.com'
export const NAMESPACE = 'shop'
const POLICY = 'list-orders'

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
export const subjectOf = (account: string): string => `system:serviceaccount:${NAMESPACE}:${account}`

/** The articles' trust policy. */
export function trustOf(issuer: string, account: string): string {
  const host = issuer.replace('https://', '')
  return policy({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${host}:sub`]: subjectOf(account), [`${host}:aud`]: AUDIENCE } },
  })
}

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

export async function makeBuckets({ s3 }: CloudHalf): Promise<void> {
  for (const [Bucket, Key] of [
    ['orders', 'first-order.json'],
    ['payroll', 'salaries.csv'],
  ] as const) {
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}' }))
  }
}

/** May list `orders`, and trusts the service account of its own name. */
export async function makeRole({ iam }: CloudHalf, RoleName: string, trust: string): Promise<void> {
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))
  const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::orders' })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY, PolicyDocument }))
}

export async function removeRole({ iam }: CloudHalf, RoleName: string): Promise<void> {
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: POLICY }))
  await iam.send(new DeleteRoleCommand({ RoleName }))
}

export async function changeTrust({ iam }: CloudHalf, RoleName: string, PolicyDocument: string): Promise<void> {
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
}
