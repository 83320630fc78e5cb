import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { instantOfEpochSeconds, seconds, TokenError } from '../../core/index.ts'
import { parseDiscoveryDocument, renderDiscoveryDocument } from './discovery.ts'
import { DiscoveryError } from './errors.ts'
import { inspectToken } from './inspect-token.ts'
import { parseIssuerUrl } from './issuer-url.ts'
import { findKey, parseJwkSet, renderJwkSet } from './jwk-set.ts'
import { mintToken } from './mint-token.ts'
import type { SigningAlgorithm, SigningKey } from './model.ts'
import { peekToken } from './peek-token.ts'
import { verifyWebIdentityToken } from './verify-web-identity-token.ts'

const issuer = parseIssuerUrl('https://idp.test/id/1')
const NOW = 1_760_000_000

describe('a discovery document', () => {
  it('is what kube-apiserver writes, and is read back', () => {
    const text = renderDiscoveryDocument({ issuer, jwksUri: `${issuer}/keys`, algorithms: ['RS256', 'ES256', 'RS256'] })
    expect(text).toBe(
      '{"issuer":"https://idp.test/id/1","jwks_uri":"https://idp.test/id/1/keys","response_types_supported":["id_token"],' +
        '"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256","RS256"]}',
    )
    expect(parseDiscoveryDocument(text, issuer)).toEqual({ jwksUri: `${issuer}/keys` })
  })

  it.each([
    ['of another issuer', '{"issuer":"https://idp.test/id/1/","jwks_uri":"https://idp.test/k"}'],
    ['without issuer', '{"jwks_uri":"https://idp.test/k"}'],
    ['without jwks_uri', '{"issuer":"https://idp.test/id/1"}'],
    ['with http', '{"issuer":"https://idp.test/id/1","jwks_uri":"http://idp.test/k"}'],
    ['with a file', '{"issuer":"https://idp.test/id/1","jwks_uri":"file:///etc/passwd"}'],
    ['with a user', '{"issuer":"https://idp.test/id/1","jwks_uri":"https://a@idp.test/k"}'],
    ['with a list', '{"issuer":"https://idp.test/id/1","jwks_uri":["https://idp.test/k"]}'],
    [
      'with the issuer twice',
      '{"issuer":"https://evil.test","issuer":"https://idp.test/id/1","jwks_uri":"https://idp.test/k"}',
    ],
    ['that is HTML', '<html>'],
    ['that is a list', '[]'],
  ])('%s is refused', (_, text) => {
    expect(() => parseDiscoveryDocument(text, issuer)).toThrow(DiscoveryError)
  })
})

const pairs = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RS384: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RS512: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
} as const satisfies Record<SigningAlgorithm, () => unknown>

const keyOf = (algorithm: SigningAlgorithm): SigningKey => ({ ...pairs[algorithm](), keyId: algorithm, algorithm })
const claims = {
  iss: issuer,
  aud: ['sts.amazonaws.com'],
  sub: 'system:serviceaccount:a:b',
  iat: NOW,
  exp: NOW + 60,
  jti: 'id-1',
}

function verify(jwt: string, key: SigningKey, published: readonly SigningKey[] = [key]) {
  const found = findKey(parseJwkSet(renderJwkSet(published)), key.keyId)
  return verifyWebIdentityToken(peekToken(jwt), {
    issuer,
    clientIds: ['sts.amazonaws.com'],
    key: found!,
    now: instantOfEpochSeconds(NOW),
    leewaySeconds: seconds(0),
  })
}

describe('verifying', () => {
  it.each(Object.keys(pairs) as SigningAlgorithm[])(
    'a token signed with %s is accepted, and with any bit changed refused',
    async (algorithm) => {
      const key = keyOf(algorithm)
      const jwt = mintToken(claims, key)
      expect(await verify(jwt, key)).toMatchObject({
        issuer,
        audience: 'sts.amazonaws.com',
        subject: claims.sub,
        tokenId: 'id-1',
        keyId: algorithm,
      })
      const [header, payload, signature = ''] = jwt.split('.')
      const bytes = Buffer.from(signature, 'base64url')
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes)
        changed[at] = changed[at]! ^ 1
        const forged = `${header}.${payload}.${changed.toString('base64url')}`
        await expect(verify(forged, key)).rejects.toThrow(TokenError)
      }
    },
  )

  it('the key decides on the algorithm: a header that says another is refused', async () => {
    const key = keyOf('RS256')
    const jwt = mintToken(claims, { ...key, algorithm: 'RS512' })
    await expect(verify(jwt, key)).rejects.toMatchObject({ reason: 'bad-signature' })
  })

  it('a token that names another key is refused, also by the right one', async () => {
    const key = keyOf('ES256')
    const jwt = mintToken(claims, { ...key, keyId: 'another' })
    await expect(verify(jwt, key)).rejects.toMatchObject({ reason: 'bad-signature' })
  })
})

describe('inspecting', () => {
  const key = keyOf('ES256')

  it('knows a projected token', () => {
    const jwt = mintToken({ ...claims, 'kubernetes.io': { namespace: 'a' } }, key)
    expect(inspectToken(`\n ${jwt}\n`)).toMatchObject({
      kind: 'projected',
      header: { alg: 'ES256', kid: 'ES256' },
      problems: [],
    })
  })

  it('knows the legacy token out of a secret, and says what to use', () => {
    const { kind, problems } = inspectToken(
      mintToken({ iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:a:b' }, key),
    )
    expect(kind).toBe('legacy-secret')
    expect(problems.join()).toContain('/var/run/secrets/eks.amazonaws.com/serviceaccount/token')
  })

  it('tells what AWS STS would not take', () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const { kind, problems } = inspectToken(
      `${encode({ alg: 'none' })}.${encode({ iss: 'x', aud: ['a', 'b'], exp: 1.5 })}.`,
    )
    expect(kind).toBe('other')
    expect(problems).toHaveLength(7)
    expect(problems.join()).toMatch(
      /algorithm.*no signature.*no `sub`.*no `iat`.*`exp` is not in whole seconds.*several audiences.*audience is not/s,
    )
  })

  it.each(['', 'abc', 'a.b', 'a.b.c.d', '<xml/>', 'e30.e30', 'e30.W10.x'])('`%s` is no token', (text) => {
    expect(() => inspectToken(text)).toThrow(expect.objectContaining({ reason: 'malformed' }))
  })
})
