/** The cast of EKS Pod Identity: roles for pods, a node that asks, and the tokens that kubelet writes for pods. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreatePodIdentityAssociationCommand, type CreatePodIdentityAssociationCommandInput } from '@aws-sdk/client-eks'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { type KeyRing, mintServiceAccountToken, parseKeyRing } from '../../src/cluster/issuer/index.ts'
import { type Clock, Secret } from '../../src/core/index.ts'
import { systemRandomness } from '../../src/io/host/index.ts'
import { dataDirectoryPaths } from '../../src/io/installation/index.ts'
import type { IssuerUrl } from '../../src/standards/oidc/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { type Answer, sendSigned } from './bare-http.ts'
import { createRole, policy } from './circle.ts'
import { clientsOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest, REGION } from './installation.ts'

/** What a node is told whenever the role cannot be had. */
export const NOT_ASSUMABLE = 'Unauthorized Exception! EKS does not have permissions to assume the associated role.'
export const PODS = 'pods.eks.amazonaws.com'
export const CLUSTER = 'local'
export const CLUSTER_ARN = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${CLUSTER}`
export const POD = { name: 'orders-7d4f9', uid: '91eee131-74f3-49d4-8f7c-bcde305c120b' }

/** AWS's trust policy for pods, with a condition or another list of actions where one is told. */
export const trustOfPods = (condition: object = {}, actions = ['sts:AssumeRole', 'sts:TagSession']): object => ({
  Effect: 'Allow',
  Principal: { Service: PODS },
  Action: actions,
  ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
})

/** The role's trust policy from now on. */
export async function setTrust(at: InstallationUnderTest, name: string, ...statements: object[]): Promise<void> {
  const PolicyDocument = policy(...statements)
  await clientsOf(at).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }))
}

export async function associate(
  at: InstallationUnderTest,
  more: Partial<CreatePodIdentityAssociationCommandInput> & { readonly roleArn: string },
) {
  const input = { clusterName: CLUSTER, namespace: 'shop', serviceAccount: 'orders', ...more }
  const { association } = await clientsOf(at).eks.send(new CreatePodIdentityAssociationCommand(input))
  return association
}

/** A role with AWS's trust policy for pods. */
export const createPodRole = (at: InstallationUnderTest, name: string, ...may: object[]): Promise<string> =>
  createRole(at, {
    name,
    trust: [trustOfPods()],
    may: may.length === 0 ? [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }] : may,
  })

/** The keys that sign the tokens of an issuer of the installation. */
export function ringOf(at: InstallationUnderTest, issuer: string): KeyRing {
  const name =
    issuer === at.facts.issuer ? 'issuer-keys.json' : `issuer-keys-${issuer.slice(issuer.lastIndexOf('/') + 1)}.json`
  return parseKeyRing(readFileSync(join(dataDirectoryPaths(at.directory).keys, name), 'utf8'))
}

export interface PodToken {
  readonly issuer?: string
  readonly ring?: KeyRing
  readonly namespace?: string
  readonly serviceAccount?: string
  readonly audiences?: readonly string[]
  readonly pod?: { readonly name: string; readonly uid: string } | 'none'
  /** When it is made. */
  readonly clock?: Clock
}

/** What kubelet writes into the pod's file. */
export function podToken(at: InstallationUnderTest, wanted: PodToken = {}): string {
  const { issuer = at.facts.issuer, namespace = 'shop', serviceAccount = 'orders', pod = POD } = wanted
  const request = {
    issuer: issuer as IssuerUrl,
    serviceAccount: { namespace, name: serviceAccount, uid: '5c1d9c1e-1111-4a4a-8a8a-000000000001' },
    ...(pod === 'none' ? {} : { pod }),
    audiences: wanted.audiences ?? [PODS],
    now: (wanted.clock ?? at.clock).now(),
    uuid: systemRandomness.uuid(),
  }
  return mintServiceAccountToken(request, (wanted.ring ?? ringOf(at, issuer)).active).token
}

/** AssumeRoleForPodIdentity as the node's agent sends it. */
export function assumeForPod(
  at: InstallationUnderTest,
  token: string,
  {
    credentials = at.administrator(),
    cluster = CLUSTER,
    service = 'eks-auth',
  }: { readonly credentials?: SigningCredentials; readonly cluster?: string; readonly service?: string } = {},
): Promise<Answer> {
  return sendSigned(at, {
    service,
    credentials,
    method: 'POST',
    target: `/clusters/${cluster}/assume-role-for-pod-identity`,
    headers: [['content-type', 'application/json']],
    body: JSON.stringify({ token }),
  })
}

export interface PodCredentials {
  readonly subject: { readonly namespace: string; readonly serviceAccount: string }
  readonly audience: string
  readonly podIdentityAssociation: { readonly associationArn: string; readonly associationId: string }
  readonly assumedRoleUser: { readonly arn: string; readonly assumeRoleId: string }
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
    readonly expiration: number
  }
}

/** What was answered to an exchange that must be allowed. */
export function answered({ status, text }: Answer): PodCredentials {
  if (status !== 200) throw new Error(`${status}: ${text}`)
  return JSON.parse(text) as PodCredentials
}

export const credentialsOfPod = ({ credentials }: PodCredentials): Required<SigningCredentials> => ({
  accessKeyId: credentials.accessKeyId,
  secretAccessKey: new Secret(credentials.secretAccessKey),
  sessionToken: credentials.sessionToken,
})

/** Status, code and sentence of a refusal, whose answer must say nothing of the token. */
export function told({
  status,
  code,
  message,
  text,
}: Answer): readonly [status: number, code: string, message: string] {
  if (text.includes('eyJ')) throw new Error('the answer repeats the token')
  return [status, code, message]
}
