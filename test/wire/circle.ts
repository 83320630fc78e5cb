/** The cast of the walk-through: service accounts, their issuer, a role that trusts one of them, and the exchange itself. */

import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { DenialRecord } from '../../src/cloud/denials/index.ts'
import { type Seconds, Secret } from '../../src/core/index.ts'
import { askInstallation } from '../../src/io/installation/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { mintToken } from '../../src/tools/token/index.ts'
import { type Answer, form, send, VERSIONS, xmlText } from './bare-http.ts'
import { clientsOf } from './clients.ts'
import { ACCOUNT, type InstallationUnderTest } from './installation.ts'

export const AUDIENCE = 'sts.amazonaws.com'
export const POD = 'shop/orders'
export const NEIGHBOUR = 'shop/cart'
export const NAMESAKE = 'bank/orders'
export const SESSION = 'my-pod-7d4f9'
export const ROLE = 'orders-role'

export const subjectOf = (account: string): string => `system:serviceaccount:${account.replace('/', ':')}`
export const roleArn = (name: string, account = ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`
export const providerArn = (issuer: string, account = ACCOUNT): string =>
  `arn:aws:iam::${account}:oidc-provider/${issuer.replace('https://', '')}`

/** A policy document of these statements. */
export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

export interface Trust {
  readonly issuer: string
  readonly subject?: string
  readonly audience?: string
  readonly account?: string
  readonly operator?: string
  readonly effect?: 'Allow' | 'Deny'
  readonly sid?: string
}

/** The articles' trust policy: one issuer, one subject, one audience. */
export function trust({ issuer, subject, audience = AUDIENCE, account, operator, effect, sid }: Trust): object {
  const host = issuer.replace('https://', '')
  return {
    Sid: sid ?? 'TrustThisPod',
    Effect: effect ?? 'Allow',
    Principal: { Federated: providerArn(issuer, account) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      [operator ?? 'StringEquals']: {
        ...(subject === undefined ? {} : { [`${host}:sub`]: subject }),
        [`${host}:aud`]: audience,
      },
    },
  }
}

/** Makes the service accounts known to the local cluster. */
export async function applyServiceAccounts(at: InstallationUnderTest): Promise<void> {
  const accounts = [POD, NEIGHBOUR, NAMESAKE].map((who) => who.split('/'))
  const namespaces = [...new Set(accounts.map(([namespace]) => namespace))]
  const documents = [
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...accounts.map(([namespace, name]) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace, name },
    })),
  ]
  await askInstallation(at.directory, { method: 'POST', path: 'manifests', body: { documents } })
}

export interface Minted {
  readonly who?: string
  readonly audiences?: readonly string[]
  readonly seconds?: number
}

/** A token as the pod finds it in its file. */
export async function mint(
  at: InstallationUnderTest,
  { who = POD, audiences = [AUDIENCE], seconds = 3600 }: Minted = {},
): Promise<string> {
  const [namespace = '', name = ''] = who.split('/')
  const wanted = {
    dataDirectory: at.directory,
    serviceAccount: { namespace, name },
    audiences,
    durationSeconds: seconds as Seconds,
  }
  return (await mintToken(wanted)).token
}

export async function createProvider(
  at: InstallationUnderTest,
  url: string,
  more: { readonly clientIds?: string[]; readonly thumbprints?: string[]; readonly account?: string } = {},
): Promise<string> {
  const { iam } = clientsOf(at, at.administrator(more.account))
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: url,
      ClientIDList: more.clientIds ?? [AUDIENCE],
      ...(more.thumbprints === undefined ? {} : { ThumbprintList: more.thumbprints }),
    }),
  )
  return made.OpenIDConnectProviderArn ?? ''
}

export interface NewRole {
  readonly name: string
  readonly trust: readonly object[]
  /** Statements of its inline policy. */
  readonly may?: readonly object[]
  readonly managed?: readonly object[]
  readonly account?: string
  readonly maxSessionSeconds?: number
}

export async function createRole(at: InstallationUnderTest, role: NewRole): Promise<string> {
  const { iam } = clientsOf(at, at.administrator(role.account))
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: role.name,
      AssumeRolePolicyDocument: policy(...role.trust),
      ...(role.maxSessionSeconds === undefined ? {} : { MaxSessionDuration: role.maxSessionSeconds }),
    }),
  )
  if (role.may !== undefined)
    await iam.send(
      new PutRolePolicyCommand({ RoleName: role.name, PolicyName: 'inline', PolicyDocument: policy(...role.may) }),
    )
  if (role.managed !== undefined) {
    const PolicyName = `${role.name}-managed`
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: policy(...role.managed) }))
    await iam.send(new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: Policy?.Arn ?? '' }))
  }
  return Role?.Arn ?? ''
}

export interface Exchange {
  readonly token: string
  /** A name in the first account, or an ARN. */
  readonly role?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly more?: Readonly<Record<string, string>>
}

/** AssumeRoleWithWebIdentity as SDKs send it: unsigned, with nothing but the token. */
export function exchange(
  at: InstallationUnderTest,
  { token, role = ROLE, headers = [], more = {} }: Exchange,
): Promise<Answer> {
  const request = form({
    Action: 'AssumeRoleWithWebIdentity',
    Version: VERSIONS.sts,
    RoleArn: role.startsWith('arn:') ? role : roleArn(role),
    RoleSessionName: SESSION,
    WebIdentityToken: token,
    ...more,
  })
  return send(at, { ...request, headers: [...(request.headers ?? []), ...headers] })
}

/** The credentials of an exchange that must be allowed. */
export async function session(at: InstallationUnderTest, wanted: Exchange): Promise<Required<SigningCredentials>> {
  const answer = await exchange(at, wanted)
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.code}: ${answer.message}`)
  return credentialsOf(answer)
}

export const credentialsOf = ({ text }: Answer): Required<SigningCredentials> => ({
  accessKeyId: xmlText(text, 'AccessKeyId'),
  secretAccessKey: new Secret(xmlText(text, 'SecretAccessKey')),
  sessionToken: xmlText(text, 'SessionToken'),
})

/** The stored story of a refusal, by the id that its answer carried. */
export async function explained(
  at: InstallationUnderTest,
  { denial }: { readonly denial: string },
): Promise<DenialRecord> {
  if (!/^[a-z2-7]{16}$/.test(denial)) throw new Error(`${JSON.stringify(denial)} is no id of a denial`)
  return (await askInstallation(at.directory, { method: 'GET', path: `denials/${denial}` })) as DenialRecord
}

export const Bucket = 'irsa-circle'
export const KEY = 'hello.txt'
export const TEXT = 'hello from the bucket'
/** The inline policy of the role: objects may be read, and that is all. */
export const READING = policy({
  Sid: 'PodMayRead',
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${Bucket}/*`,
})

/** The walk-through up to its first exchange: service accounts, provider, role with a managed and an inline policy, a bucket, an object. */
export async function prepareShop(at: InstallationUnderTest): Promise<void> {
  const { iam, s3 } = clientsOf(at)
  const { issuer } = at.facts
  await applyServiceAccounts(at)
  await createProvider(at, issuer)
  await createRole(at, {
    name: ROLE,
    trust: [trust({ issuer, subject: subjectOf(POD) })],
    managed: [{ Sid: 'PodMayList', Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 's3:ListBucket'], Resource: '*' }],
  })
  await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'read', PolicyDocument: READING }))
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: TEXT }))
}
