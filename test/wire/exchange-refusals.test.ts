import { UpdateAssumeRolePolicyCommand, UpdateOpenIDConnectProviderThumbprintCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { fixedClock } from '../../src/core/testing/fixed.ts'
import type { SigningKey } from '../../src/standards/oidc/index.ts'
import type { Answer } from './bare-http.ts'
import {
  AUDIENCE,
  applyServiceAccounts,
  createProvider,
  createRole,
  type Exchange,
  exchange,
  explained,
  mint,
  NAMESAKE,
  NEIGHBOUR,
  POD,
  policy,
  ROLE,
  roleArn,
  subjectOf,
  trust,
} from './circle.ts'
import { clientsOf } from './clients.ts'
import { decode, flip, forge, legacyClaims, usualClaims, withClaims } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'
import { type IssuerServer, json, networkOf, PUBLIC_ADDRESS, startIssuerServer } from './issuer-server.ts'

const COULD_NOT =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const NOT_VALID =
  'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const NOT_A_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
const NOT_AUTHORIZED = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
const THUMBPRINT = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
const FOREIGN = 'https://idp.test/id/1'
const DOWN = 'https://down.test/id/1'
const PINNED = 'https://pinned.test/id/1'

const clock = fixedClock(Date.now())
const stranger: SigningKey = { ...generateSigningKey('RS256'), keyId: 'stranger' }
const foreignKey: SigningKey = { ...generateSigningKey('RS256'), keyId: 'k1' }

let at: InstallationUnderTest
let server: IssuerServer
let issuer: string
let token: string
let neighbours: string

beforeAll(async () => {
  server = await startIssuerServer(['idp.test', 'pinned.test'])
  const addresses = { 'idp.test': PUBLIC_ADDRESS, 'pinned.test': PUBLIC_ADDRESS }
  at = await openInstallation({ clock, network: networkOf(server, addresses, [server.authority]) })
  issuer = at.facts.issuer
  await applyServiceAccounts(at)
  server.publish(FOREIGN, [foreignKey])
  for (const url of [issuer, FOREIGN]) await createProvider(at, url)
  for (const url of [DOWN, PINNED]) await createProvider(at, url, { thumbprints: ['a'.repeat(40)] })
  await createRole(at, { name: ROLE, trust: [trust({ issuer, subject: subjectOf(POD) })] })
  token = await mint(at)
  neighbours = await mint(at, { who: NEIGHBOUR })
})
afterAll(async () => {
  await at.close()
  await server.close()
})

interface Wanted {
  readonly status: number
  readonly code: string
  readonly message: string
  /** Of the stored refusal. */
  readonly name: string
  readonly rung: string
  /** What was denied when it is not the exchange itself. */
  readonly action?: string
}

const invalid = (message: string, name: string, rung: string): Wanted => ({
  status: 400,
  code: 'InvalidIdentityToken',
  message,
  name,
  rung,
})
const denied = (name: string): Wanted => ({
  status: 403,
  code: 'AccessDenied',
  message: NOT_AUTHORIZED,
  name,
  rung: 'trust',
})

/** Asks, and holds answer and stored story to what is wanted; nothing of the token or of a policy may come back. */
async function refused(
  wanted: Exchange,
  { name, rung, action = 'sts:AssumeRoleWithWebIdentity', ...words }: Wanted,
): Promise<Answer> {
  const answer = await exchange(at, wanted)
  expect({ status: answer.status, code: answer.code, message: answer.message }).toEqual(words)
  expect(answer.headers['content-type']).toBe('text/xml')
  const told = await explained(at, answer)
  expect({ name: told.name, rung: told.rung, awsCode: told.awsCode, answer: told.answer }).toEqual({
    name,
    rung,
    awsCode: words.code,
    answer: words,
  })
  expect(told).toMatchObject({
    action,
    requestId: answer.headers['x-amzn-requestid'],
    code: expect.stringMatching(/^IRSA\d{3}$/),
    fix: expect.stringMatching(/.{10}/),
  })
  const seen = answer.text + JSON.stringify(answer.headers)
  for (const secret of [wanted.token.split('.').at(-1) ?? '', 'TrustThisPod', '"Statement"', 'Condition'])
    if (secret.length > 6) expect(seen).not.toContain(secret)
  return answer
}

const own = (changes: Readonly<Record<string, unknown>>, key = foreignKey): string =>
  forge({ claims: { ...usualClaims(at, FOREIGN, subjectOf(POD)), ...changes }, key })

describe('a token that is none', () => {
  it.each([
    ['garbage', 'not-a-token'],
    ['four parts', 'a.b.c.d'],
    ['empty parts', '....'],
    ['an access token of another kind', 'ya29.a0AfH6SMBx-4-gSTS'],
    ['20,000 characters that are no JWT', 'a'.repeat(20_000)],
    ['bytes that are no JSON', `${Buffer.from('{"alg"').toString('base64url')}.e30.AA`],
  ])('%s is no JWT', async (_what, garbage) => {
    await refused({ token: garbage }, invalid(NOT_A_JWT, 'not-a-token', 'token'))
  })

  it.each(['none', 'HS256', 'PS256', 'EdDSA', 'RS256 '])('an algorithm that AWS does not take: %s', async (alg) => {
    const forged = forge({ header: { alg }, claims: usualClaims(at, issuer, subjectOf(POD)), key: stranger })
    await refused({ token: forged }, invalid(NOT_A_JWT, 'not-a-token', 'token'))
    await refused({ token: `${forged.slice(0, forged.lastIndexOf('.'))}.` }, invalid(NOT_A_JWT, 'not-a-token', 'token'))
  })

  it.each(['sub', 'aud', 'iat', 'exp'])('a token without %s', async (claim) => {
    const without = claim === 'exp' ? NOT_VALID : `Missing a required claim: ${claim}`
    await refused({ token: own({ [claim]: undefined }) }, invalid(without, 'missing-claim', 'token'))
  })
})

describe('a token of somebody else', () => {
  it('an issuer that the account has no provider for, and the issuer is named', async () => {
    const url = 'https://issuer.example.com/id/1'
    const forged = forge({ claims: usualClaims(at, url, subjectOf(POD)), key: stranger })
    const words = invalid(`No OpenIDConnect provider found in your account for ${url}`, 'provider-missing', 'provider')
    const answer = await refused({ token: forged }, words)
    expect((await explained(at, answer)).got).toEqual([url])
  })

  it('a provider of the account is none of another account', async () => {
    const words = `No OpenIDConnect provider found in your account for ${issuer}`
    const role = roleArn(ROLE, '999999999999')
    await refused({ token, role }, invalid(words, 'provider-missing', 'provider'))
  })

  it('the secret token of old clusters', async () => {
    const forged = forge({ claims: legacyClaims('shop', 'orders'), key: stranger })
    const words = 'No OpenIDConnect provider found in your account for kubernetes/serviceaccount'
    const answer = await refused({ token: forged }, invalid(words, 'legacy-token', 'provider'))
    expect((await explained(at, answer)).fix).toMatch(/projected/)
  })

  it('an issuer that tries to write markup or lines into the answer', async () => {
    const iss = 'https://x"<Code>AccessGranted</Code>\r\nSet-Cookie: a=b&amp;'
    const forged = forge({ claims: usualClaims(at, iss, subjectOf(POD)), key: stranger })
    const answer = await exchange(at, { token: forged })
    expect([answer.status, answer.code]).toEqual([400, 'InvalidIdentityToken'])
    expect(answer.text.match(/<Code>/g)).toHaveLength(1)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })
})

describe('a token for something else', () => {
  it('another audience', async () => {
    const wanted = invalid('Incorrect token audience', 'aud-not-registered', 'provider')
    const answer = await refused({ token: await mint(at, { audiences: ['vault'] }) }, wanted)
    expect(await explained(at, answer)).toMatchObject({ wanted: [AUDIENCE], got: ['vault'] })
  })

  it('several audiences and no authorized party', async () => {
    await refused({ token: own({ aud: [AUDIENCE, 'vault'] }) }, invalid(NOT_VALID, 'unusable-claim', 'token'))
  })

  it('an authorized party that is none of the client ids', async () => {
    await refused({ token: own({ azp: 'x' }) }, invalid('Incorrect token audience', 'aud-not-registered', 'provider'))
  })
})

describe('a token out of its time', () => {
  it('is good for five minutes beyond its expiry, and no second longer', async () => {
    const short = await mint(at, { seconds: 600 })
    const { exp } = decode(short)[1] as { exp: number }
    const before = clock.now()
    try {
      clock.set((exp + 299) * 1000)
      expect((await exchange(at, { token: short })).status).toBe(200)
      clock.set((exp + 300) * 1000)
      const words = `Token expired: current date/time ${exp + 300} must be before the expiration date/time ${exp}`
      const answer = await refused(
        { token: short },
        { status: 400, code: 'ExpiredTokenException', message: words, name: 'expired', rung: 'token' },
      )
      expect((await explained(at, answer)).got?.[0]).toMatch(/expired at \d{4}-/)
    } finally {
      clock.set(before)
    }
  })

  it.each(['iat', 'nbf'])('is refused while its %s is more than five minutes ahead', async (claim) => {
    const now = Math.floor(clock.now() / 1000)
    await refused({ token: own({ [claim]: now + 301 }) }, invalid(NOT_VALID, 'not-yet-valid', 'token'))
    // What follows is the trust policy's business: the time is good.
    await refused({ token: own({ [claim]: now + 300 }) }, denied('stale-issuer'))
  })
})

describe('a token whose signature does not hold', () => {
  it('one character changed', async () => {
    const changed = flip(token, token.lastIndexOf('.') + 10)
    await refused({ token: changed }, invalid(NOT_VALID, 'bad-signature', 'token'))
  })

  it('another subject under the old signature', async () => {
    const changed = withClaims(neighbours, { sub: subjectOf(POD) })
    await refused({ token: changed }, invalid(NOT_VALID, 'bad-signature', 'token'))
  })

  it("a stranger's key under the issuer's key id", async () => {
    const keyId = String(decode(token)[0].kid)
    const forged = forge({ claims: usualClaims(at, issuer, subjectOf(POD)), key: { ...stranger, keyId } })
    await refused({ token: forged }, invalid(NOT_VALID, 'bad-signature', 'token'))
  })

  it("a stranger's key under its own key id, at our issuer and at a foreign one", async () => {
    for (const url of [issuer, FOREIGN]) {
      const forged = forge({ claims: usualClaims(at, url, subjectOf(POD)), key: stranger })
      const answer = await refused({ token: forged }, invalid(COULD_NOT, 'kid-drift', 'provider'))
      expect((await explained(at, answer)).got).toEqual(['stranger'])
    }
  })
})

describe('an issuer whose keys cannot be had', () => {
  const of = (url: string): string => forge({ claims: usualClaims(at, url, subjectOf(POD)), key: foreignKey })

  it('that cannot be reached', async () => {
    await refused({ token: of(DOWN) }, invalid(COULD_NOT, 'jwks-unreachable', 'provider'))
  })

  it('whose certificate is neither trusted nor pinned', async () => {
    // The test's network trusts one authority; this server shows a certificate for another host, so that the pin decides.
    const pinned = await startIssuerServer(['pinned.test'])
    const other = await openInstallation({ clock, network: networkOf(pinned, { 'pinned.test': PUBLIC_ADDRESS }, []) })
    try {
      pinned.publish(PINNED, [foreignKey])
      const arn = await createProvider(other, PINNED, { thumbprints: ['b'.repeat(40)] })
      await createRole(other, { name: ROLE, trust: [trust({ issuer: PINNED, subject: subjectOf(POD) })] })
      const answer = await exchange(other, { token: of(PINNED) })
      expect([answer.status, answer.code, answer.message]).toEqual([400, 'InvalidIdentityToken', THUMBPRINT])
      expect(await explained(other, answer)).toMatchObject({ name: 'thumbprint', rung: 'provider' })
      expect(pinned.requests).toEqual([])
      const ThumbprintList = [pinned.thumbprint]
      const { iam } = clientsOf(other)
      await iam.send(
        new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn: arn, ThumbprintList }),
      )
      expect((await exchange(other, { token: of(PINNED) })).status).toBe(200)
    } finally {
      await other.close()
      await pinned.close()
    }
  })

  it('that answers with something else', async () => {
    server.on(`${PINNED}/.well-known/openid-configuration`, json({ issuer: 'https://else.test', jwks_uri: PINNED }))
    const answer = await refused({ token: of(PINNED) }, invalid(COULD_NOT, 'jwks-unreachable', 'provider'))
    expect(answer.text).not.toContain('else.test')
  })
})

describe('a trust policy that says no', () => {
  it('another service account of the namespace, and the same name in another namespace', async () => {
    const answer = await refused({ token: neighbours }, denied('trust-sub'))
    expect(await explained(at, answer)).toMatchObject({
      resource: roleArn(ROLE),
      wanted: [subjectOf(POD)],
      got: [subjectOf(NEIGHBOUR)],
    })
    await refused({ token: await mint(at, { who: NAMESAKE }) }, denied('trust-sub'))
  })

  it('a role that does not exist is refused with the very same answer', async () => {
    const [missing, other] = [
      await refused({ token, role: 'no-such-role' }, denied('role-missing')),
      await refused({ token: neighbours }, denied('trust-sub')),
    ]
    const shape = ({ status, headers, text }: Answer) => ({
      status,
      names: Object.keys(headers),
      text: text.replace(/<RequestId>.*<\/RequestId>/, ''),
    })
    expect(shape(missing)).toEqual(shape(other))
  })

  it.each([
    [
      'a wildcard under StringEquals is a star',
      trustOf({ subject: 'system:serviceaccount:shop:*' }),
      'wildcard-equals',
    ],
    ['the other issuer', () => [trust({ issuer: FOREIGN, subject: subjectOf(POD) })], 'stale-issuer'],
    ['another audience', trustOf({ subject: subjectOf(POD), audience: 'vault' }), 'trust-aud'],
    [
      'an explicit Deny beside the Allow',
      () => [
        trust({ issuer, subject: subjectOf(POD) }),
        trust({ issuer, subject: subjectOf(POD), effect: 'Deny', sid: 'NobodyReadsThis' }),
      ],
      'explicit-deny',
    ],
    [
      'another action',
      () => [{ ...trust({ issuer, subject: subjectOf(POD) }), Action: 'sts:AssumeRole' }],
      'wrong-action-or-principal',
    ],
  ])('%s', async (what, statements, name) => {
    const role = `role-${name}`
    await createRole(at, { name: role, trust: statements() })
    const answer = await refused({ token, role }, denied(name))
    expect(answer.text, what).not.toContain('NobodyReadsThis')
  })

  function trustOf(more: { readonly subject: string; readonly audience?: string }) {
    return () => [trust({ issuer, ...more })]
  }

  it('counts at once when it is changed, and again when it is changed back', async () => {
    const { iam } = clientsOf(at)
    const change = (who: string) =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: ROLE,
          PolicyDocument: policy(trust({ issuer, subject: subjectOf(who) })),
        }),
      )
    await change(NEIGHBOUR)
    await refused({ token }, denied('trust-sub'))
    expect((await exchange(at, { token: neighbours })).status).toBe(200)
    await change(POD)
    expect((await exchange(at, { token })).status).toBe(200)
  })

  it('what is explained stays what it was, whatever becomes of the policy', async () => {
    const answer = await refused({ token: neighbours }, denied('trust-sub'))
    const before = await explained(at, answer)
    await createRole(at, { name: 'unrelated', trust: [trust({ issuer, subject: subjectOf(NEIGHBOUR) })] })
    expect(await explained(at, answer)).toEqual(before)
  })
})

it('what is refused names the account, the caller and the provider where they are known', async () => {
  const told = await explained(at, await exchange(at, { token: neighbours }))
  expect(told).toMatchObject({
    account: at.facts.account,
    service: 'sts',
    operation: 'AssumeRoleWithWebIdentity',
    region: 'us-east-1',
    sourceIp: '127.0.0.1',
    principal: subjectOf(NEIGHBOUR),
  })
  expect(told.ladder.map(({ rung, state }) => [rung, state])).toEqual(
    expect.arrayContaining([
      ['token', 'passed'],
      ['provider', 'passed'],
      ['trust', 'broken'],
    ]),
  )
})
