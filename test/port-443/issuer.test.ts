import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { mintToken, type SigningKey } from '../../src/standards/oidc/index.ts'
import { openirsa, temporaryDirectory, type Up, up } from '../cli/command.ts'
import { type IssuerServer, startIssuerServer } from '../wire/issuer-server.ts'

// The one name that leads to this machine everywhere; it is private, and has to be allowed by name.
const ISSUER = 'https://localhost/cluster'
const SUBJECT = 'system:serviceaccount:shop:orders'
const AUDIENCE = 'sts.amazonaws.com'
const CLOSE_LIMIT = 60_000

interface Side {
  readonly up: Up
  readonly iam: IAMClient
  readonly sts: STSClient
  readonly directory: ReturnType<typeof temporaryDirectory>
}

async function openSide(...options: readonly string[]): Promise<Side> {
  const directory = temporaryDirectory()
  const running = await up(directory.path, ...options)
  const { out } = await openirsa(['env', '--data-dir', directory.path, '-o', 'json'])
  const variables = JSON.parse(out) as Record<string, string>
  const credentials = {
    accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
  }
  const place = { endpoint: running.facts.endpoint, region: running.facts.region, maxAttempts: 1 }
  return { up: running, iam: new IAMClient({ ...place, credentials }), sts: new STSClient(place), directory }
}

async function closeSide({ up: running, directory }: Side): Promise<void> {
  await running.stop()
  directory.remove()
}

describe('an issuer on port 443', () => {
  let server: IssuerServer
  let key: SigningKey
  let side: Side

  beforeAll(async () => {
    server = await startIssuerServer(['localhost'], 443)
    key = generateSigningKey('RS256')
    server.publish(ISSUER, [key])
    side = await openSide('--allow-private-issuer', 'localhost')
  }, CLOSE_LIMIT)
  afterAll(async () => {
    await closeSide(side)
    await server.close()
  }, CLOSE_LIMIT)

  const token = (): string => {
    const now = Math.floor(Date.now() / 1000)
    return mintToken({ iss: ISSUER, sub: SUBJECT, aud: [AUDIENCE], iat: now, nbf: now, exp: now + 3600 }, key)
  }
  const makeRole = async ({ iam, up: { facts } }: Side): Promise<string> => {
    const provider = `arn:aws:iam::${facts.account}:oidc-provider/localhost/cluster`
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'localhost/cluster:sub': SUBJECT, 'localhost/cluster:aud': AUDIENCE } },
    }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'foreign', AssumeRolePolicyDocument }))
    return Role?.Arn ?? ''
  }
  const exchange = ({ sts }: Side, RoleArn: string) =>
    sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'pod', WebIdentityToken: token() }))

  test('is registered without thumbprints: its own top certificate is read from it', async () => {
    const made = await side.iam.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: [AUDIENCE] }))
    const OpenIDConnectProviderArn = made.OpenIDConnectProviderArn ?? ''
    const kept = await side.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    expect(kept.ThumbprintList).toEqual([server.thumbprint])
  })

  test('lends its service accounts credentials, its keys fetched over TLS', async () => {
    const answer = await exchange(side, await makeRole(side))
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(answer.SubjectFromWebIdentityToken).toBe(SUBJECT)
    expect(server.requests).toEqual(['localhost/cluster/.well-known/openid-configuration', 'localhost/cluster/keys'])
  })

  test('is not registered, and not fetched, by an installation that does not name it', async () => {
    const closed = await openSide()
    const before = server.requests.length
    const creating = closed.iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: ISSUER,
        ClientIDList: [AUDIENCE],
        ThumbprintList: [server.thumbprint],
      }),
    )
    await expect(creating).rejects.toThrow('Invalid Open ID Connect Provider URL')
    expect(server.requests).toHaveLength(before)
    await closeSide(closed)
  })
})
