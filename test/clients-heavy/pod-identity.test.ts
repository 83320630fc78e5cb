/** The unmodified AWS CLI makes an association, changes it, shows a pod's token to EKS Auth, and is the pod's role then. */
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/core/index.ts'
import type { SigningCredentials } from '../../src/standards/sigv4/index.ts'
import { roleArn } from '../wire/circle.ts'
import { ACCOUNT, type InstallationUnderTest, openInstallation, REGION } from '../wire/installation.ts'
import { createPodRole, podToken, setTrust, trustOfPods } from '../wire/pod-identity-cast.ts'

const ID = /^a-[a-z0-9]{17}$/

let at: InstallationUnderTest
beforeAll(async () => {
  at = await openInstallation()
  await createPodRole(at, 'orders')
})
afterAll(() => at.close())

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One command of the CLI, with nothing of the caller's AWS settings. */
function aws(words: readonly string[], credentials: SigningCredentials = at.administrator()): Promise<Ran> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const env = {
    PATH: process.env.PATH,
    HOME: tmpdir(),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: at.facts.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  }
  return new Promise((resolve, reject) => {
    execFile('aws', [...words, '--output', 'json'], { env, timeout: 60_000 }, (failure, out, err) => {
      if (failure !== null && typeof failure.code !== 'number') reject(failure)
      else resolve({ code: failure === null ? 0 : Number(failure.code), out, err })
    })
  })
}

async function answerOf(words: readonly string[], credentials?: SigningCredentials): Promise<Record<string, unknown>> {
  const { code, out, err } = await aws(words, credentials)
  if (code !== 0) throw new Error(`aws ${words.join(' ')}: ${code}: ${err}`)
  return JSON.parse(out) as Record<string, unknown>
}

const WHO = ['--cluster-name', 'local', '--namespace', 'shop', '--service-account', 'orders']
const withRole = (...more: string[]) => [
  'eks',
  'create-pod-identity-association',
  ...WHO,
  '--role-arn',
  roleArn('orders'),
  ...more,
]
const exchange = (token: string) => [
  'eks-auth',
  'assume-role-for-pod-identity',
  '--cluster-name',
  'local',
  '--token',
  token,
]

test('the AWS CLI walks the whole way of a pod identity', async () => {
  const { association } = await answerOf(withRole('--tags', 'team=shop'))
  const { associationId } = association as { associationId: string }
  expect(associationId).toMatch(ID)
  expect(association).toMatchObject({
    clusterName: 'local',
    namespace: 'shop',
    serviceAccount: 'orders',
    roleArn: roleArn('orders'),
    associationArn: `arn:aws:eks:${REGION}:${ACCOUNT}:podidentityassociation/local/${associationId}`,
    tags: { team: 'shop' },
    disableSessionTags: false,
  })

  const again = await aws(withRole())
  expect(again.err).toContain(
    `(ResourceInUseException) when calling the CreatePodIdentityAssociation operation: Association already exists: ${associationId}`,
  )

  const named = ['--cluster-name', 'local', '--association-id', associationId]
  expect(await answerOf(['eks', 'list-pod-identity-associations', '--cluster-name', 'local'])).toMatchObject({
    associations: [{ associationId, namespace: 'shop', serviceAccount: 'orders' }],
  })
  expect(await answerOf(['eks', 'describe-pod-identity-association', ...named])).toEqual({ association })

  const got = await answerOf(exchange(podToken(at)))
  expect(got).toMatchObject({
    subject: { namespace: 'shop', serviceAccount: 'orders' },
    audience: 'pods.eks.amazonaws.com',
    podIdentityAssociation: { associationId },
  })
  const { accessKeyId, secretAccessKey, sessionToken } = got.credentials as Record<string, string>
  const pod = {
    accessKeyId: accessKeyId ?? '',
    secretAccessKey: new Secret(secretAccessKey ?? ''),
    sessionToken: sessionToken ?? '',
  }
  const { arn } = got.assumedRoleUser as { arn: string }
  expect(await answerOf(['sts', 'get-caller-identity'], pod)).toMatchObject({ Account: ACCOUNT, Arn: arn })
  expect(await answerOf(['s3api', 'list-buckets'], pod)).toMatchObject({ Buckets: [] })
  expect((await aws(['iam', 'list-roles'], pod)).err).toContain('is not authorized to perform: iam:ListRoles')

  await createPodRole(at, 'other')
  const changed = await answerOf(['eks', 'update-pod-identity-association', ...named, '--role-arn', roleArn('other')])
  expect(changed).toMatchObject({ association: { associationId, roleArn: roleArn('other') } })
  await setTrust(at, 'other', trustOfPods({ StringEquals: { 'aws:SourceAccount': '111122223333' } }))
  expect((await aws(exchange(podToken(at)))).err).toContain(
    '(AccessDeniedException) when calling the AssumeRoleForPodIdentity operation: Unauthorized Exception! EKS does not have permissions to assume the associated role.',
  )

  await answerOf(['eks', 'delete-pod-identity-association', ...named])
  expect((await aws(exchange(podToken(at)))).err).toContain('(ResourceNotFoundException)')
  expect(await answerOf(['eks', 'list-pod-identity-associations', '--cluster-name', 'local'])).toEqual({
    associations: [],
  })
})
