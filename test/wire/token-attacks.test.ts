import { DeleteOpenIDConnectProviderCommand, UpdateOpenIDConnectProviderThumbprintCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixedClock } from '../../src/core/testing/fixed.ts'
import type { SigningKey } from '../../src/standards/oidc/index.ts'
import {
  type AttackCase,
  baseClaims,
  cases,
  ISSUER,
  isHarmless,
  NOW,
  ours,
  tokenCases,
  tokensOf,
} from '../conformance/oidc/attack-tokens.ts'
import { type Answer, form, send, VERSIONS } from './bare-http.ts'
import { createProvider, createRole, exchange, policy, providerArn, ROLE, roleArn, SESSION, trust } from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { forge } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'
import { type IssuerServer, networkOf, PUBLIC_ADDRESS, startIssuerServer, type TestNetwork } from './issuer-server.ts'

const SECOND = 'https://idp.test/id/2'
const HOST = ISSUER.replace('https://', '')
const subject = baseClaims.sub

let at: InstallationUnderTest
let server: IssuerServer
let network: TestNetwork

beforeAll(async () => {
  server = await startIssuerServer(['idp.test'])
  network = networkOf(server, { 'idp.test': PUBLIC_ADDRESS }, [server.authority])
  at = await openInstallation({ clock: fixedClock(NOW * 1000), network })
  server.publish(ISSUER, [ours])
  server.publish(SECOND, [ours])
  for (const url of [ISSUER, SECOND]) await createProvider(at, url, { thumbprints: ['0'.repeat(40)] })
  await createRole(at, { name: ROLE, trust: [trust({ issuer: ISSUER, subject })] })
})
afterAll(async () => {
  await at.close()
  await server.close()
})

/** Other keys at the issuer; other thumbprints, of which none is needed, make the installation fetch them anew. */
let published: readonly SigningKey[] = [ours]
let generation = 0
async function publish(keys: readonly SigningKey[]): Promise<void> {
  if (keys === published) return
  published = keys
  server.publish(ISSUER, keys)
  generation += 1
  await clientsOf(at).iam.send(
    new UpdateOpenIDConnectProviderThumbprintCommand({
      OpenIDConnectProviderArn: providerArn(ISSUER),
      ThumbprintList: [String(generation).padStart(40, '0')],
    }),
  )
}

/** `200`, or the code of the refusal; whatever it is, it came at once, in STS's form, and gave nothing away. */
async function verdict(token: string): Promise<string> {
  const began = performance.now()
  const answer = await exchange(at, { token })
  expect(performance.now() - began).toBeLessThan(2000)
  expect(answer.status).toBeLessThan(500)
  expect(answer.headers['content-type']).toBe('text/xml')
  const signature = token.split('.').at(-1) ?? ''
  if (signature.length > 40) expect(answer.text + at.logged().slice(-20_000)).not.toContain(signature.slice(0, 40))
  return answer.status === 200 ? '200' : answer.code
}

const wordOf = ({ expect: wanted }: AttackCase): string => /^reject:\s?(\w+)/.exec(wanted)?.[1] ?? '200'

describe('attacks on the token, over the wire', () => {
  it.each(tokenCases.filter((each) => !isHarmless(each) && each.id !== 'azp present and != aud'))(
    '$id: $expect',
    async (testCase) => {
      const { tokens, keys } = tokensOf(testCase)
      await publish(keys)
      // What is longer than any request to STS may be is refused before it is read.
      const wanted = [
        wordOf(testCase),
        ...(tokens.some(({ length }) => length > 60_000) ? ['RequestEntityTooLarge'] : []),
      ]
      const before = at.records().length
      for (const token of tokens) expect(wanted).toContain(await verdict(token))
      if (!wanted.includes('RequestEntityTooLarge')) expect(at.records().length - before).toBe(tokens.length)
    },
  )

  it.each(tokenCases.filter(isHarmless))('$id brings in no key of its own', async (testCase) => {
    const { tokens, keys } = tokensOf(testCase)
    await publish(keys)
    const before = network.dialled.length
    const verdicts: string[] = []
    for (const token of tokens) verdicts.push(await verdict(token))
    expect(verdicts).toEqual(['InvalidIdentityToken', '200'])
    expect(network.dialled.slice(before).filter((target) => target !== 'idp.test:443')).toEqual([])
  })

  it('an authorized party takes the place of the audience, in the policy too', async () => {
    await publish([ours])
    const claims = { ...baseClaims, azp: 'sts.amazonaws.com', aud: ['x', 'y'] }
    const name = 'authorized-party'
    const { Condition, ...rest } = trust({ issuer: ISSUER, subject }) as { Condition: object }
    const both = { ...Condition, 'ForAnyValue:StringEquals': { [`${HOST}:oaud`]: 'x' } }
    await createRole(at, { name, trust: [{ ...rest, Condition: both }] })
    const answer = await exchange(at, { token: forge({ claims, key: ours }), role: name })
    expect([answer.status, answer.text.includes('<Audience>sts.amazonaws.com</Audience>')]).toEqual([200, true])
    const other = forge({ claims: { ...baseClaims, azp: 'x' }, key: ours })
    expect(await verdict(other)).toBe('InvalidIdentityToken')
  })

  it('none of them changed what objects are made of', () => {
    expect(({} as Record<string, unknown>).sub).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

const good = (claims: Readonly<Record<string, unknown>> = {}): string =>
  forge({ claims: { ...baseClaims, ...claims }, key: ours })

describe('attacks on the exchange', () => {
  beforeAll(() => publish([ours]))

  const scenarios: Readonly<Record<string, () => Promise<void>>> = {
    'exchange token of provider 2 used where trust names provider 1': async () => {
      expect(await verdict(good({ iss: SECOND }))).toBe('AccessDenied')
    },
    'exchange trust policy with no :sub': async () => {
      await createRole(at, { name: 'no-sub', trust: [trust({ issuer: ISSUER })] })
      expect((await exchange(at, { token: good({ sub: 'anybody' }), role: 'no-sub' })).status).toBe(200)
    },
    'exchange trust StringNotEquals': async () => {
      const host = `${HOST}:sub`
      const statement = { ...trust({ issuer: ISSUER }), Condition: { StringNotEquals: { [host]: subject } } }
      await createRole(at, { name: 'anybody-else', trust: [statement] })
      expect((await exchange(at, { token: good(), role: 'anybody-else' })).code).toBe('AccessDenied')
      expect((await exchange(at, { token: good({ sub: 'somebody' }), role: 'anybody-else' })).status).toBe(200)
    },
    'exchange ForAllValues on missing key': async () => {
      const Condition = { 'ForAllValues:StringEquals': { [`${HOST}:amr`]: ['mfa'] } }
      await createRole(at, { name: 'for-all', trust: [{ ...trust({ issuer: ISSUER }), Condition }] })
      expect((await exchange(at, { token: good(), role: 'for-all' })).status).toBe(200)
      expect((await exchange(at, { token: good({ amr: ['pwd'] }), role: 'for-all' })).code).toBe('AccessDenied')
    },
    'exchange Principal Federated *': async () => {
      const statement = { ...trust({ issuer: ISSUER }), Principal: { Federated: '*' } }
      const making = createRole(at, { name: 'star', trust: [statement] })
      expect(await refusalOf(making)).toMatchObject({ status: 400, code: 'MalformedPolicyDocumentException' })
      expect((await exchange(at, { token: good(), role: 'star' })).code).toBe('AccessDenied')
    },
    'exchange provider deleted, then exchange': async () => {
      const url = 'https://idp.test/id/3'
      server.publish(url, [ours])
      const OpenIDConnectProviderArn = await createProvider(at, url, { thumbprints: ['0'.repeat(40)] })
      await createRole(at, { name: 'third', trust: [trust({ issuer: url, subject })] })
      expect((await exchange(at, { token: good({ iss: url }), role: 'third' })).status).toBe(200)
      await clientsOf(at).iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
      const before = network.dialled.length
      expect((await exchange(at, { token: good({ iss: url }), role: 'third' })).code).toBe('InvalidIdentityToken')
      expect(network.dialled.length).toBe(before)
    },
    'exchange DurationSeconds 899 / 43201 / > MaxSessionDuration / 1e9 / -1 / 3600.5 / "0x384"': async () => {
      for (const DurationSeconds of ['899', '43201', '3601', '1000000000', '-1', '3600.5', '0x384']) {
        const answer = await exchange(at, { token: good(), more: { DurationSeconds } })
        expect([answer.status, answer.code], DurationSeconds).toEqual([400, 'ValidationError'])
      }
    },
    'exchange Action in query AND body': async () => {
      for (const query of [
        'Action=GetCallerIdentity',
        'Action=AssumeRoleWithWebIdentity',
        'action=x',
        'RoleArn=x',
        '%41ction=x',
      ]) {
        const answer = await send(at, { ...exchangeForm(), target: `/?${query}` })
        expect([answer.status, answer.code], query).toEqual([400, 'ValidationError'])
      }
      for (const extra of ['Action=GetCallerIdentity', 'action=x', 'RoleArn=x', 'roleArn=x', '%41ction=x']) {
        const request = exchangeForm()
        const answer = await send(at, { ...request, body: `${request.body as string}&${extra}` })
        expect([answer.status, answer.code], extra).toEqual([400, 'ValidationError'])
      }
    },
    'exchange Policy = null / {} / [] / "" / 2049 chars': async () => {
      for (const Policy of ['null', '{}', '[]'])
        expect((await exchange(at, { token: good(), more: { Policy } })).code).toBe('MalformedPolicyDocument')
      for (const Policy of ['', policy().padEnd(2049)])
        expect((await exchange(at, { token: good(), more: { Policy } })).code).toBe('ValidationError')
    },
    'exchange PolicyArns of another account': async () => {
      const more = { 'PolicyArns.member.1.arn': 'arn:aws:iam::999999999999:policy/p' }
      const answer = await exchange(at, { token: good(), more })
      expect([answer.status, answer.text.includes('SecretAccessKey')]).toEqual([400, false])
    },
  }

  it.each(cases.filter(({ mutate }) => mutate.scenario !== undefined))('$id', async ({ id }) => {
    const play = scenarios[id]
    if (play === undefined) throw new Error(`nobody plays ${id}`)
    await play()
  })

  function exchangeForm() {
    return form({
      Action: 'AssumeRoleWithWebIdentity',
      Version: VERSIONS.sts,
      RoleArn: roleArn(ROLE),
      RoleSessionName: SESSION,
      WebIdentityToken: good(),
    })
  }
})

describe('only the exchange is unsigned', () => {
  it('a stray Authorization header, session token or Date on it is ignored', async () => {
    const headers = [
      ['authorization', 'AWS4-HMAC-SHA256 Credential=stale'],
      ['x-amz-security-token', 'stale'],
      ['x-amz-date', 'yesterday'],
    ] as const
    expect((await exchange(at, { token: good(), headers })).status).toBe(200)
  })

  it('its parameters may stand in the query of a GET', async () => {
    const { body } = form({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: roleArn(ROLE),
      RoleSessionName: SESSION,
      WebIdentityToken: good(),
    })
    expect((await send(at, { target: `/?${body as string}` })).status).toBe(200)
  })

  it('every other action of STS and IAM needs a signature, also in another spelling or of another version', async () => {
    const { serviceModel } = await import('../../src/standards/protocol/index.ts')
    const refused: Answer[] = []
    for (const name of ['sts', 'iam'] as const) {
      for (const Action of serviceModel(name).operationNames) {
        if (Action === 'AssumeRoleWithWebIdentity') continue
        const answer = await send(at, form({ Action, Version: VERSIONS[name] }))
        expect([Action, answer.status, answer.code]).toEqual([Action, 403, 'MissingAuthenticationToken'])
        refused.push(answer)
      }
    }
    expect(refused.length).toBeGreaterThan(180)
    for (const Action of [
      'assumeRoleWithWebIdentity',
      'AssumeRoleWithWebIdentity ',
      'AssumeRoleWithWebIdentity\0',
      '',
    ]) {
      const answer = await send(at, form({ Action, Version: VERSIONS.sts, WebIdentityToken: good() }))
      expect([answer.status, answer.code]).toEqual([400, 'InvalidAction'])
    }
    const old = await send(at, form({ Action: 'AssumeRoleWithWebIdentity', Version: '1999-01-01' }))
    expect([old.code, old.message]).toEqual([
      'InvalidAction',
      'Could not find operation AssumeRoleWithWebIdentity for version 1999-01-01',
    ])
  })
})
