import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { ACCOUNT, FOREIGN, type IamUnderTest, OTHER, openIam, THUMBPRINT, userOf } from './testing/iam-under-test.ts'

const Url = 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'
const URL_WITHOUT_SCHEME = Url.slice('https://'.length)
const ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL_WITHOUT_SCHEME}`
const AUDIENCE = 'sts.amazonaws.com'

interface UrlVectors {
  readonly reject: readonly { readonly url: string; readonly refusedUnless?: string }[]
  readonly accept: readonly { readonly url: string; readonly storedAs?: string }[]
  readonly thumbprintReject: readonly string[]
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/adversarial/oidc-provider-url.json', import.meta.url), 'utf8'),
) as UrlVectors

let under: IamUnderTest
beforeEach(async () => {
  under = await openIam()
  return () => under.close()
})

const create = (more: Record<string, unknown> = {}) =>
  under.ask('CreateOpenIDConnectProvider', { Url, ClientIDList: [AUDIENCE], ThumbprintList: [THUMBPRINT], ...more })
const get = (arn = ARN) => under.ask('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn })

describe('an OIDC provider', () => {
  it('is registered under its URL, and got without scheme, also after a restart', async () => {
    expect(await create()).toEqual({ OpenIDConnectProviderArn: ARN })
    const expected = {
      Url: URL_WITHOUT_SCHEME,
      ClientIDList: [AUDIENCE],
      ThumbprintList: [THUMBPRINT],
      CreateDate: new Date('2026-03-01T12:00:00Z'),
      Tags: [],
    }
    expect(await get()).toEqual(expected)
    under = await under.restart()
    expect(await get()).toEqual(expected)
    expect(await under.ask('ListOpenIDConnectProviders')).toEqual({ OpenIDConnectProviderList: [{ Arn: ARN }] })
  })

  it('is registered once an account', async () => {
    await create()
    await expect(create()).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
      httpStatus: 409,
      message: `Provider with url ${Url} already exists.`,
    })
    await under.ask('CreateOpenIDConnectProvider', { Url }, userOf(OTHER))
    expect(under.identity.providersOf(OTHER)).toHaveLength(1)
  })

  it('two registrations at once make one provider', async () => {
    const results = await Promise.allSettled([create(), create()])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('goes, and going again is no error', async () => {
    await create()
    await under.ask('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: ARN })
    await under.ask('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: ARN })
    await expect(get()).rejects.toMatchObject({
      code: 'NoSuchEntity',
      httpStatus: 404,
      message: `OpenIDConnect Provider not found for arn ${ARN}`,
    })
  })
})

describe('its URL', () => {
  it.each(vectors.reject.filter(({ refusedUnless }) => refusedUnless === undefined).map(({ url }) => url))(
    'may not be %s',
    async (url) => {
      await expect(create({ Url: url })).rejects.toMatchObject({ code: 'ValidationError', httpStatus: 400 })
      expect(under.identity.providersOf(ACCOUNT)).toEqual([])
    },
  )

  it('says so in AWS’s words', async () => {
    await expect(create({ Url: 'http://idp.test' })).rejects.toMatchObject({
      message: 'Invalid Open ID Connect Provider URL',
    })
  })

  it.each(vectors.accept)('may be $url', async ({ url, storedAs = url.slice('https://'.length) }) => {
    const { OpenIDConnectProviderArn } = await create({ Url: url })
    expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${ACCOUNT}:oidc-provider/${storedAs}`)
    expect((await get(String(OpenIDConnectProviderArn))).Url).toBe(storedAs)
  })

  it('with a slash at the end is another one', async () => {
    await create()
    await create({ Url: `${Url}/` })
    expect(under.identity.providersOf(ACCOUNT)).toHaveLength(2)
  })
})

describe('thumbprints', () => {
  it('that are left out are asked of the issuer, with its URL', async () => {
    const asked: string[] = []
    await under.close()
    under = await openIam({
      find: async (url) => {
        asked.push(url)
        return THUMBPRINT
      },
      permits: () => true,
    })
    await create({ ThumbprintList: undefined })
    expect(asked).toEqual([Url])
    expect((await get()).ThumbprintList).toEqual([THUMBPRINT])
    await expect(create({ ThumbprintList: undefined })).rejects.toMatchObject({ code: 'EntityAlreadyExists' })
    expect(asked).toHaveLength(1)
  })

  it('of an issuer that cannot be reached are an error, and there is no provider', async () => {
    await under.close()
    under = await openIam({ find: async () => undefined, permits: () => true })
    await expect(create({ ThumbprintList: undefined })).rejects.toMatchObject({
      code: 'OpenIdIdpCommunicationError',
      httpStatus: 400,
    })
    await expect(get()).rejects.toMatchObject({ code: 'NoSuchEntity' })
  })

  it('are kept in lower case, each once', async () => {
    await create({ ThumbprintList: [THUMBPRINT.toUpperCase(), THUMBPRINT] })
    expect((await get()).ThumbprintList).toEqual([THUMBPRINT])
  })

  it.each(vectors.thumbprintReject.filter((text) => text !== ''))('%s is none', async (text) => {
    await expect(create({ ThumbprintList: [text] })).rejects.toMatchObject({ httpStatus: 400 })
    expect(under.identity.providersOf(ACCOUNT)).toEqual([])
  })

  it('are five at most', async () => {
    const six = ['1', '2', '3', '4', '5', '6'].map((digit) => digit.repeat(40))
    const refused = {
      code: 'InvalidInput',
      httpStatus: 400,
      message: 'Thumbprint list must contain fewer than 5 entries.',
    }
    await expect(create({ ThumbprintList: six })).rejects.toMatchObject(refused)
    await create({ ThumbprintList: six.slice(0, 5) })
    const update = (ThumbprintList: readonly string[]) =>
      under.ask('UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn: ARN, ThumbprintList })
    await expect(update(six)).rejects.toMatchObject(refused)
    await update(['a'.repeat(40)])
    expect((await get()).ThumbprintList).toEqual(['a'.repeat(40)])
  })
})

describe('client ids', () => {
  const add = (ClientID: string) =>
    under.ask('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: ARN, ClientID })
  const remove = (ClientID: string) =>
    under.ask('RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn: ARN, ClientID })

  it('come and go, and saying it twice is no error', async () => {
    await create()
    await add('vault')
    await add('vault')
    expect((await get()).ClientIDList).toEqual([AUDIENCE, 'vault'])
    await remove(AUDIENCE)
    await remove(AUDIENCE)
    expect((await get()).ClientIDList).toEqual(['vault'])
  })

  it('are a hundred at most', async () => {
    const refused = {
      code: 'LimitExceeded',
      httpStatus: 409,
      message: 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
    }
    const list = (count: number) => Array.from({ length: count }, (_, number) => `client-${number}`)
    await expect(create({ ClientIDList: list(101) })).rejects.toMatchObject(refused)
    await create({ ClientIDList: list(100) })
    await expect(add('one more')).rejects.toMatchObject(refused)
    await add('client-7')
  })

  it('belong to a provider that exists', async () => {
    for (const change of [() => add('x'), () => remove('x')])
      await expect(change()).rejects.toMatchObject({ code: 'NoSuchEntity' })
  })
})

it('an account has a hundred providers at most', async () => {
  await under.identity.change((changes) => {
    for (let number = 0; number < 100; number += 1)
      changes.createProvider({ account: ACCOUNT, url: `idp-${number}.test`, clientIds: [], thumbprints: [] })
  })
  await expect(create()).rejects.toMatchObject({
    code: 'LimitExceeded',
    message: 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100',
  })
})

describe('permissions', () => {
  it('creating is asked for on the ARN that will be, with the tags of the request', async () => {
    const keys = { 'aws:RequestTag/team': 'shop', 'aws:TagKeys': ['team'] }
    const on = { resource: ARN, resourceAccount: ACCOUNT, contextKeys: keys, onDeny: 'refuse' }
    const input = {
      Url: `https://${URL_WITHOUT_SCHEME.replace('.com/', '.com:443/')}`,
      Tags: [{ Key: 'team', Value: 'shop' }],
    }
    expect(await under.requirements('CreateOpenIDConnectProvider', input)).toEqual([
      { action: 'iam:CreateOpenIDConnectProvider', ...on },
      { action: 'iam:TagOpenIDConnectProvider', ...on },
    ])
  })

  it('the others are asked for on the provider, in its own account, with its tags', async () => {
    await create({ Tags: [{ Key: 'team', Value: 'shop' }] })
    const [mine] = await under.requirements('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: ARN })
    expect(mine).toMatchObject({
      action: 'iam:GetOpenIDConnectProvider',
      resource: ARN,
      resourceAccount: ACCOUNT,
      contextKeys: { 'aws:ResourceTag/team': 'shop', 'iam:ResourceTag/team': 'shop' },
    })
    const foreign = ARN.replace(ACCOUNT, FOREIGN)
    const [theirs] = await under.requirements('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: foreign })
    expect(theirs).toMatchObject({ resource: foreign, resourceAccount: FOREIGN })
  })
})
