import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSigningKey } from '../../src/cluster/issuer/index.ts'
import { mintToken, type SigningKey } from '../../src/standards/oidc/index.ts'
import { readVectors } from '../conformance/oidc/vectors.ts'
import {
  AUDIENCE,
  createProvider,
  createRole,
  exchange,
  explained,
  POD,
  providerArn,
  subjectOf,
  trust,
} from './circle.ts'
import { clientsOf, refusalOf } from './clients.ts'
import { usualClaims } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'
import {
  type IssuerServer,
  json,
  networkOf,
  PUBLIC_ADDRESS,
  startIssuerServer,
  type TestNetwork,
} from './issuer-server.ts'

const COULD_NOT =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const key: SigningKey = { ...generateSigningKey('ES256'), keyId: 'k1' }
const HOSTS = { 'private.test': '127.0.0.1', 'lan.test': '10.1.2.3', 'public.test': PUBLIC_ADDRESS }

let at: InstallationUnderTest
let server: IssuerServer
let network: TestNetwork

beforeAll(async () => {
  server = await startIssuerServer(Object.keys(HOSTS))
  network = networkOf(server, HOSTS, [])
  at = await openInstallation({ network, allowPrivateIssuers: ['private.test'] })
})
afterAll(async () => {
  await at.close()
  await server.close()
})

const wellKnown = (url: string): string => `${url}/.well-known/openid-configuration`
/** A token by the issuer's own key, for whatever its server will say of it. */
function askWith(url: string, role: string) {
  return exchange(at, { token: mintToken(usualClaims(at, url, subjectOf(POD)), key), role })
}

/** A provider and a role for an issuer; without thumbprints it gets the one that its server shows. */
async function register(url: string, role: string, thumbprints?: string[]): Promise<void> {
  await createProvider(at, url, thumbprints === undefined ? {} : { thumbprints })
  await createRole(at, { name: role, trust: [trust({ issuer: url, subject: subjectOf(POD) })] })
}

describe('an issuer of somebody else, at a private address that was named', () => {
  const url = 'https://private.test/cluster'

  it('lets its tokens in by the thumbprint of its authority, and the trail says so', async () => {
    server.publish(url, [key])
    await register(url, 'private', [server.thumbprint])
    const answer = await askWith(url, 'private')
    expect([answer.status, answer.text]).toEqual([
      200,
      expect.stringContaining(`<Provider>${providerArn(url)}</Provider>`),
    ])
    expect(at.records().at(-1)?.event).toMatchObject({
      additionalEventData: {
        identityProviderConnectionVerificationMethod: 'Thumbprint',
        RequestDetails: { awsServingRegion: 'us-east-1', endpointType: 'regional' },
      },
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${providerArn(url)}:${AUDIENCE}:${subjectOf(POD)}`,
        identityProvider: providerArn(url),
      },
    })
  })

  it('is asked once, however many tokens come', async () => {
    const before = server.requests.length
    for (let count = 0; count < 5; count += 1) expect((await askWith(url, 'private')).status).toBe(200)
    expect(server.requests.length).toBe(before)
  })

  it('gets the thumbprint that its server shows when it is registered without one', async () => {
    const other = 'https://private.test/second'
    server.publish(other, [key])
    await register(other, 'second')
    const { iam } = clientsOf(at)
    const OpenIDConnectProviderArn = providerArn(other)
    const found = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    expect([found.Url, found.ThumbprintList]).toEqual([other.replace('https://', ''), [server.thumbprint]])
    expect((await askWith(other, 'second')).status).toBe(200)
  })

  it.each([
    ['another thumbprint', () => 'd'.repeat(40)],
    ["the server's own certificate, which is not the last one", () => server.leafThumbprint],
  ])('is not believed with %s', async (what, thumbprint) => {
    const other = `https://private.test/wrong-${what.length}`
    const role = `wrong-${what.length}`
    server.publish(other, [key])
    await register(other, role, [thumbprint()])
    const before = server.requests.length
    const answer = await askWith(other, role)
    expect([answer.status, answer.code, answer.message]).toEqual([
      400,
      'InvalidIdentityToken',
      "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    ])
    expect(await explained(at, answer)).toMatchObject({ name: 'thumbprint', rung: 'provider' })
    expect(server.requests.length).toBe(before)
  })

  it('is believed by the trust store without any thumbprint, and the trail says so', async () => {
    const trusting = await openInstallation({ network: networkOf(server, HOSTS, [server.authority]) })
    try {
      const other = 'https://public.test/trusted'
      server.publish(other, [key])
      await createProvider(trusting, other, { thumbprints: ['d'.repeat(40)] })
      await createRole(trusting, { name: 'trusted', trust: [trust({ issuer: other, subject: subjectOf(POD) })] })
      const token = mintToken(usualClaims(trusting, other, subjectOf(POD)), key)
      expect((await exchange(trusting, { token, role: 'trusted' })).status).toBe(200)
      expect(trusting.records().at(-1)?.event).toMatchObject({
        additionalEventData: {
          identityProviderConnectionVerificationMethod: 'IAMTrustStore',
          RequestDetails: { awsServingRegion: 'us-east-1', endpointType: 'regional' },
        },
      })
    } finally {
      await trusting.close()
    }
  })
})

describe('an issuer at a private address that was not named', () => {
  it('is never dialled, neither for its keys nor for its certificate', async () => {
    const url = 'https://lan.test/cluster'
    server.publish(url, [key])
    const before = network.dialled.length
    const { iam } = clientsOf(at)
    const bare = iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: [AUDIENCE] }))
    expect((await refusalOf(bare)).status).toBe(400)
    await register(url, 'lan', [server.thumbprint])
    const answer = await askWith(url, 'lan')
    expect([answer.status, answer.code, answer.message]).toEqual([400, 'InvalidIdentityToken', COULD_NOT])
    expect(await explained(at, answer)).toMatchObject({ name: 'jwks-unreachable', rung: 'provider' })
    expect(network.dialled.length).toBe(before)
  })
})

describe('an issuer that answers badly', () => {
  const CANARY = 'canary-of-the-far-end'
  const cases: Readonly<Record<string, (url: string) => void>> = {
    'redirects to plain http': (url) => {
      server.on(wellKnown(url), (_, response) => response.writeHead(302, { Location: 'http://169.254.169.254/' }).end())
    },
    'redirects to itself': (url) => {
      server.on(wellKnown(url), (_, response) => response.writeHead(302, { Location: wellKnown(url) }).end(CANARY))
    },
    'names another issuer': (url) => {
      server.on(wellKnown(url), json({ issuer: `${url}/`, jwks_uri: `${url}/keys`, note: CANARY }))
    },
    'keeps its keys behind http': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: url.replace('https:', 'http:') }))
    },
    'keeps its keys in a file': (url) =>
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: 'file:///etc/passwd' })),
    'keeps its keys at a metadata service': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: 'https://169.254.169.254/latest' }))
    },
    'keeps its keys on a private host that was not named': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: 'https://lan.test/keys' }))
    },
    'keeps its keys at a user': (url) => {
      server.on(
        wellKnown(url),
        json({ issuer: url, jwks_uri: `https://user@public.test${new URL(url).pathname}/keys` }),
      )
    },
    'sends no JSON': (url) => server.on(wellKnown(url), json(`<html>${CANARY}</html>`)),
    'sends keys that are no JSON': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: `${url}/keys` }))
      server.on(`${url}/keys`, json(`{"keys":[${CANARY}`))
    },
    'sends no keys': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: `${url}/keys` }))
      server.on(`${url}/keys`, json({ keys: [] }))
    },
    'never ends': (url) => {
      server.on(wellKnown(url), (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' })
        const more = (): void =>
          void (response.writable && response.write(' '.repeat(65_536), () => setImmediate(more)))
        more()
      })
    },
    'sends a document of 300 KiB': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: `${url}/keys`, x: 'x'.repeat(300 * 1024) }))
    },
    'sends more keys than anybody needs': (url) => {
      server.on(wellKnown(url), json({ issuer: url, jwks_uri: `${url}/keys` }))
      const { n, e } = generateSigningKey('RS256').publicKey.export({ format: 'jwk' })
      const keys = Array.from({ length: 600 }, (_, number) => ({ kty: 'RSA', kid: `k${number}`, n, e }))
      server.on(`${url}/keys`, json({ keys }))
    },
    'sends what it was not asked for, compressed': (url) => {
      server.on(wellKnown(url), (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(CANARY))
    },
    'answers 404': () => undefined,
    'answers 500': (url) => server.on(wellKnown(url), (_, response) => response.writeHead(500).end(CANARY)),
    'hangs up': (url) => server.on(wellKnown(url), (_, response) => void response.destroy()),
  }

  it.each(Object.entries(cases))('%s', async (what, prepare) => {
    const slug = what.replaceAll(/[^a-z0-9]+/gi, '-')
    const url = `https://public.test/${slug}`
    prepare(url)
    await register(url, slug, [server.thumbprint])
    const answer = await askWith(url, slug)
    expect([answer.status, answer.code, answer.message]).toEqual([400, 'InvalidIdentityToken', COULD_NOT])
    const told = await explained(at, answer)
    expect(told).toMatchObject({ name: 'jwks-unreachable', rung: 'provider' })
    expect(answer.text + JSON.stringify(told) + at.logged()).not.toContain(CANARY)
  })

  it('is given five seconds, and others are served meanwhile', async () => {
    const url = 'https://public.test/slow'
    server.on(wellKnown(url), (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 500)
      response.on('close', () => clearInterval(drip))
    })
    await register(url, 'slow', [server.thumbprint])
    const began = performance.now()
    const slow = [askWith(url, 'slow'), askWith(url, 'slow')]
    expect((await askWith('https://private.test/cluster', 'private')).status).toBe(200)
    expect(performance.now() - began).toBeLessThan(3000)
    for (const answer of await Promise.all(slow)) expect([answer.status, answer.message]).toEqual([400, COULD_NOT])
    expect(performance.now() - began).toBeLessThan(8000)
    expect(server.requests.filter((asked) => asked.includes('/slow/'))).toHaveLength(1)
  })
})

describe('what can be registered', () => {
  interface Urls {
    readonly reject: readonly { readonly url: string; readonly refusedUnless?: string }[]
    readonly accept: readonly { readonly url: string; readonly storedAs?: string }[]
    readonly thumbprintReject: readonly string[]
  }
  const urls = readVectors<Urls>('adversarial/oidc-provider-url.json')
  const create = (Url: string, thumbprint = 'e'.repeat(40)) =>
    clientsOf(at).iam.send(
      new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: [AUDIENCE], ThumbprintList: [thumbprint] }),
    )

  it.each(urls.accept)('$url', async ({ url, storedAs }) => {
    const arn = (await create(url)).OpenIDConnectProviderArn ?? ''
    const { iam } = clientsOf(at)
    const found = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    expect(found.Url).toBe(storedAs ?? url.replace('https://', ''))
    expect(arn).toBe(providerArn(`https://${found.Url}`))
  })

  // A name may turn private at any time: what counts besides is that it is not dialled, as above.
  it.each(urls.reject)('not $url', async ({ url }) => {
    const answer = await refusalOf(create(url))
    expect(answer.status).toBe(400)
    expect(['ValidationError', 'InvalidInput', 'InvalidInputException']).toContain(answer.code)
  })

  it.each(urls.thumbprintReject)('no thumbprint %j', async (thumbprint) => {
    expect((await refusalOf(create('https://idp.test/thumb', thumbprint))).status).toBe(400)
  })
})
