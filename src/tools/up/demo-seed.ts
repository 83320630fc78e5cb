import type { Objects } from '../../cluster/objects/index.ts'
import { type Clock, ConfigError, partitionOf, type Region, stsAudienceOf, subjectOf } from '../../core/index.ts'
import { type AdministratorCalls, type AwsAnswer, createAdministratorCalls } from '../../io/aws/index.ts'
import type { InstallationFacts } from '../../io/installation/index.ts'
import type { DemoFacts } from './model.ts'

const ACCOUNT = { namespace: 'shop', name: 'orders' } as const
const ROLE = 'orders'
const BUCKET = 'orders-bucket'
const KEY = 'hello.txt'
const POLICY = 'read-orders'

export interface DemoSeedParts {
  readonly dataDirectory: string
  readonly objects: Objects
  readonly clock: Clock
}

/** What `--demo` makes, by name; nothing is looked up. */
export function demoFactsOf({
  issuer,
  account,
  region,
}: Pick<InstallationFacts, 'issuer' | 'account' | 'region'>): DemoFacts {
  const partition = partitionOf(region as Region)
  const iam = `arn:${partition}:iam::${account}`
  return {
    serviceAccount: `${ACCOUNT.namespace}/${ACCOUNT.name}`,
    roleArn: `${iam}:role/${ROLE}`,
    providerArn: `${iam}:oidc-provider/${issuer.replace('https://', '')}`,
    audience: stsAudienceOf(partition),
    bucket: BUCKET,
    allowedKey: KEY,
    allowedText: 'hello from the bucket of orders\n',
  }
}

/**
 * Makes something to try things with: provider, role, bucket and service account. What is there already stays as it is, so that
 * whatever was tried with it outlives a restart. Every call but the service account's goes through AWS's own APIs.
 * @throws ConfigError when one of them is refused
 */
export async function seedDemo(facts: InstallationFacts, parts: DemoSeedParts): Promise<DemoFacts> {
  const demo = demoFactsOf(facts)
  const calls = await createAdministratorCalls(facts, parts)
  await makeProvider(calls, demo, facts.issuer)
  await makeRole(calls, demo, facts.issuer)
  await makeBucket(calls, demo, facts.region)
  await makeServiceAccount(parts.objects, demo)
  return demo
}

async function makeProvider(calls: AdministratorCalls, demo: DemoFacts, issuer: string): Promise<void> {
  const parameters = { Url: issuer, 'ClientIDList.member.1': demo.audience }
  expectDone('the OIDC provider', await calls.iam('CreateOpenIDConnectProvider', parameters), ['EntityAlreadyExists'])
}

async function makeRole(calls: AdministratorCalls, demo: DemoFacts, issuer: string): Promise<void> {
  const trust = JSON.stringify(trustPolicyOf(demo, issuer))
  const made = await calls.iam('CreateRole', { RoleName: ROLE, AssumeRolePolicyDocument: trust })
  expectDone('the role', made, ['EntityAlreadyExists'])
  const policy = { RoleName: ROLE, PolicyName: POLICY }
  const found = await calls.iam('GetRolePolicy', policy)
  if (found.code === '') return
  const document = JSON.stringify(permissionsOf(demo))
  expectDone('the policy of the role', await calls.iam('PutRolePolicy', { ...policy, PolicyDocument: document }))
}

/** The trust policy of every IRSA tutorial: this issuer, one service account, one audience. */
function trustPolicyOf({ providerArn, audience }: DemoFacts, issuer: string): unknown {
  const prefix = issuer.replace('https://', '')
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${prefix}:sub`]: subjectOf(ACCOUNT), [`${prefix}:aud`]: audience } },
      },
    ],
  }
}

/** Look and read, and no more: what is refused is the point. */
function permissionsOf({ bucket, roleArn }: DemoFacts): unknown {
  const bucketArn = `${roleArn.split(':iam:')[0]}:s3:::${bucket}`
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucketArn}/*` },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArn },
      { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
    ],
  }
}

async function makeBucket(calls: AdministratorCalls, demo: DemoFacts, region: string): Promise<void> {
  // SPEC: CreateBucket wants no location for us-east-1, and the caller's own for every other region.
  const location =
    region === 'us-east-1'
      ? ''
      : `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
  const made = await calls.s3({ method: 'PUT', target: `/${demo.bucket}`, body: location })
  expectDone('the bucket', made, ['BucketAlreadyOwnedByYou'])
  const object = await calls.s3({
    method: 'PUT',
    target: `/${demo.bucket}/${demo.allowedKey}`,
    headers: { 'Content-Type': 'text/plain', 'If-None-Match': '*' },
    body: demo.allowedText,
  })
  expectDone('the object', object, ['PreconditionFailed'])
}

async function makeServiceAccount(objects: Objects, demo: DemoFacts): Promise<void> {
  if ((await objects.findServiceAccount(ACCOUNT)) !== undefined) return
  const annotations = { 'eks.amazonaws.com/role-arn': demo.roleArn }
  await objects.applyManifest([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ACCOUNT.namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...ACCOUNT, annotations } },
  ])
}

function expectDone(what: string, { code, text }: AwsAnswer, alsoFine: readonly string[] = []): void {
  if (code === '' || alsoFine.includes(code)) return
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? ''
  throw new ConfigError(`the demo could not make ${what}: ${code}${message === '' ? '' : `: ${message}`}`, {
    hint: 'start without --demo, or with a fresh --data-dir',
  })
}
