import { CreatePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { seededRandomness } from '../../src/core/testing/fixed.ts'
import type { SigningKey } from '../../src/standards/oidc/index.ts'
import { type Answer, form, send, VERSIONS } from './bare-http.ts'
import {
  applyServiceAccounts,
  createProvider,
  createRole,
  exchange,
  explained,
  mint,
  NEIGHBOUR,
  POD,
  policy,
  ROLE,
  subjectOf,
  trust,
} from './circle.ts'
import { clientsOf } from './clients.ts'
import { forge, usualClaims } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'
import { type IssuerServer, networkOf, PUBLIC_ADDRESS, startIssuerServer } from './issuer-server.ts'

const FOREIGN = 'https://idp.test/id/1'
const foreignKey: SigningKey = { ...generateSigningKey('RS256'), keyId: 'k1' }

let at: InstallationUnderTest
let server: IssuerServer
let issuer: string
let token: string
let neighbours: string

beforeAll(async () => {
  server = await startIssuerServer(['idp.test'])
  at = await openInstallation({ network: networkOf(server, { 'idp.test': PUBLIC_ADDRESS }, [server.authority]) })
  issuer = at.facts.issuer
  await applyServiceAccounts(at)
  server.publish(FOREIGN, [foreignKey])
  for (const url of [issuer, FOREIGN]) await createProvider(at, url)
  await createRole(at, { name: ROLE, trust: [trust({ issuer, subject: subjectOf(POD) })] })
  token = await mint(at)
  neighbours = await mint(at, { who: NEIGHBOUR })
})
afterAll(async () => {
  await at.close()
  await server.close()
})

/** A token of the foreign issuer, whose claims are whatever a test wants. */
const own = (changes: Readonly<Record<string, unknown>>): string =>
  forge({ claims: { ...usualClaims(at, FOREIGN, subjectOf(POD)), ...changes }, key: foreignKey })

describe('parameters of the exchange', () => {
  const VALIDATION = (count: number, text: string): string =>
    `${count} validation error${count === 1 ? '' : 's'} detected: ${text}`

  async function invalidParameters(more: Readonly<Record<string, string>>, message: string): Promise<Answer> {
    const answer = await exchange(at, { token, more })
    expect([answer.status, answer.code, answer.message]).toEqual([400, 'ValidationError', message])
    expect(answer.denial).toBe('')
    return answer
  }

  it('a token of 20,001 characters, which are not repeated', async () => {
    const answer = await exchange(at, { token: 'a'.repeat(20_001) })
    expect([answer.status, answer.code]).toEqual([400, 'ValidationError'])
    expect(answer.message).toMatch(
      /^1 validation error detected: Value '.*' at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000$/,
    )
    expect(answer.text).not.toContain('a'.repeat(20))
  })

  it.each([
    [
      'Session1:2',
      "Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'x',
      "Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'a'.repeat(65),
      `Value '${'a'.repeat(65)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
  ])('the session name %s', async (RoleSessionName, text) => {
    await invalidParameters({ RoleSessionName }, VALIDATION(1, text))
  })

  it.each([
    [
      '899',
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      '43201',
      "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
    [
      '-1',
      "Value '-1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
  ])('%s seconds', async (DurationSeconds, text) => {
    await invalidParameters({ DurationSeconds }, VALIDATION(1, text))
  })

  it('more than the role grants', async () => {
    const text = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    await invalidParameters({ DurationSeconds: '3601' }, text)
    await createRole(at, {
      name: 'long-role',
      trust: [trust({ issuer, subject: subjectOf(POD) })],
      maxSessionSeconds: 7200,
    })
    expect((await exchange(at, { token, role: 'long-role', more: { DurationSeconds: '7200' } })).status).toBe(200)
  })

  it('a trust policy that says no comes before a duration that is too long', async () => {
    const answer = await exchange(at, { token: neighbours, more: { DurationSeconds: '3601' } })
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied'])
  })

  it('several violations are joined, in the order of the model', async () => {
    const answer = await exchange(at, { token, more: { RoleSessionName: ':', DurationSeconds: '1', RoleArn: 'zzz' } })
    expect([answer.status, answer.code]).toEqual([400, 'ValidationError'])
    expect(answer.message).toMatch(
      /^4 validation errors detected: Value 'zzz' at 'roleArn' .*length greater than or equal to 20; Value ':' at 'roleSessionName' .*; Value ':' at 'roleSessionName' .*; Value '1' at 'durationSeconds' .*$/,
    )
  })

  it('what is missing is null', async () => {
    const answer = await exchange(at, { token, more: { RoleArn: '', RoleSessionName: '' } })
    expect(answer.message).toContain(
      "Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    )
    const bare = await send(at, form({ Action: 'AssumeRoleWithWebIdentity', Version: VERSIONS.sts }))
    expect(bare.code).toBe('ValidationError')
    for (const name of ['roleArn', 'roleSessionName', 'webIdentityToken'])
      expect(bare.message).toContain(`Value null at '${name}' failed to satisfy constraint: Member must not be null`)
  })

  it('an ARN that is none', async () => {
    for (const RoleArn of [
      'arn:aws:iam::000000000000:user/somebody',
      'this-is-not-an-arn-at-all',
      'arn:aws:s3:::bucket/role/x',
    ]) {
      const answer = await exchange(at, { token, role: RoleArn.startsWith('arn:') ? RoleArn : ROLE, more: { RoleArn } })
      expect([answer.status, answer.code, answer.message], RoleArn).toEqual([
        400,
        'ValidationError',
        'Request ARN is invalid',
      ])
    }
  })

  it.each([
    'null',
    '{}',
    '[]',
    '{',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}',
    '{"Version":"2012-10-17","Statement":[],"Statement":[]}',
  ])('a session policy that is none: %s', async (Policy) => {
    const answer = await exchange(at, { token, more: { Policy } })
    expect([answer.status, answer.code]).toEqual([400, 'MalformedPolicyDocument'])
  })

  it('an empty session policy, and one of 2,049 characters', async () => {
    for (const Policy of ['', ' '.repeat(2049)]) {
      const answer = await exchange(at, { token, more: { Policy } })
      expect([answer.status, answer.code]).toEqual([400, 'ValidationError'])
    }
  })

  it('policies that are together too large', async () => {
    // Text that packing cannot make shorter.
    const { bytes } = seededRandomness('no two alike')
    const dense = (length: number): string => Buffer.from(bytes(length)).toString('base64url').slice(0, length)
    const letters = [...bytes(1900)].map((byte) => String.fromCharCode(0xa1 + (byte % 94))).join('')
    const long = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${letters}` })
    expect(long.length).toBeLessThanOrEqual(2048)
    const { iam } = clientsOf(at)
    const more: Record<string, string> = { Policy: long }
    for (let place = 1; place <= 10; place += 1) {
      const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })
      const made = await iam.send(new CreatePolicyCommand({ PolicyName: dense(128), PolicyDocument }))
      more[`PolicyArns.member.${place}.arn`] = made.Policy?.Arn ?? ''
    }
    const answer = await exchange(at, { token, more })
    expect([answer.status, answer.code]).toEqual([400, 'PackedPolicyTooLarge'])
    expect(answer.message).toMatch(/^Packed policy consumes \d+% of allotted space, please use smaller policy\.$/)
  })

  it('session tags that are together too large', async () => {
    const { bytes } = seededRandomness('fifty tags')
    const pairs = Array.from({ length: 50 }, (_, at) => [`tag${at}`, [Buffer.from(bytes(90)).toString('base64url')]])
    const tags = { principal_tags: Object.fromEntries(pairs) }
    const may = {
      ...trust({ issuer: FOREIGN, subject: subjectOf(POD) }),
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    }
    await createRole(at, { name: 'tagged', trust: [may] })
    const tagged = (value: unknown) =>
      exchange(at, { token: own({ 'https://aws.amazon.com/tags': value }), role: 'tagged' })
    const answer = await tagged(tags)
    expect([answer.status, answer.code]).toEqual([400, 'PackedPolicyTooLarge'])
    expect(answer.message).toMatch(/^Packed size of session tags consumes \d+% of allotted space\.$/)
    expect((await tagged({ principal_tags: { team: ['a'] } })).status).toBe(200)
    const doubled = await tagged({ principal_tags: { team: ['a'], TEAM: ['b'] } })
    expect([doubled.code, doubled.message]).toEqual([
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ])
    const loose = await tagged({ principal_tags: { team: ['a'] }, transitive_tag_keys: ['stage'] })
    expect([loose.code, loose.message]).toEqual([
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    ])
  })

  it('session tags that the trust policy does not allow to be set', async () => {
    await createRole(at, { name: 'untagged', trust: [trust({ issuer: FOREIGN, subject: subjectOf(POD) })] })
    const tags = { 'https://aws.amazon.com/tags': { principal_tags: { team: ['a'] } } }
    const answer = await exchange(at, { token: own(tags), role: 'untagged' })
    expect([answer.status, answer.code, answer.message]).toEqual([
      403,
      'AccessDenied',
      'Not authorized to perform sts:TagSession',
    ])
    expect(await explained(at, answer)).toMatchObject({
      name: 'tag-session-missing',
      rung: 'trust',
      action: 'sts:TagSession',
    })
    expect((await exchange(at, { token: own({}), role: 'untagged' })).status).toBe(200)
  })

  it('eleven managed policies, or one of another account', async () => {
    const more: Record<string, string> = {}
    for (let at = 1; at <= 11; at += 1) more[`PolicyArns.member.${at}.arn`] = `arn:aws:iam::aws:policy/P${at}`
    expect(await exchange(at, { token, more })).toMatchObject({ status: 400, code: 'ValidationError' })
    const foreign = { 'PolicyArns.member.1.arn': 'arn:aws:iam::999999999999:policy/mine' }
    const answer = await exchange(at, { token, more: foreign })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('SecretAccessKey')
  })

  it('a ProviderId, which is for providers of another kind', async () => {
    const answer = await exchange(at, { token, more: { ProviderId: 'www.amazon.com' } })
    expect([answer.status, answer.text.includes('SecretAccessKey')]).toEqual([400, false])
  })

  it('a number that is none', async () => {
    for (const DurationSeconds of ['3600.5', '0x384', '1e3', 'NaN', '', ' 3600', '1000000000']) {
      const answer = await exchange(at, { token, more: { DurationSeconds } })
      expect([answer.status, answer.text.includes('SecretAccessKey')], DurationSeconds).toEqual([400, false])
    }
  })
})
