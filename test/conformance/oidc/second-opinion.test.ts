import { exportJWK, importJWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { generateSigningKey } from '../../../src/cluster/issuer/index.ts'
import { instantOfEpochSeconds, seconds } from '../../../src/core/index.ts'
import {
  findKey,
  mintToken,
  parseIssuerUrl,
  parseJwkSet,
  peekToken,
  renderJwkSet,
  verifyWebIdentityToken,
} from '../../../src/standards/oidc/index.ts'
import { parseJws } from '../../../src/standards/oidc/jws.ts'
import { verifySignature } from '../../../src/standards/oidc/verify-signature.ts'
import { readVectors } from './vectors.ts'

const NOW = 1_760_000_000
const claims = {
  aud: ['sts.amazonaws.com'],
  exp: NOW + 3600,
  iat: NOW,
  iss: 'https://idp.test/id/1',
  sub: 'system:serviceaccount:a:b',
}

describe('jose as a second opinion', () => {
  it.each(['RS256', 'ES256'] as const)(
    'verifies what we mint with %s, by the JWKS that we publish',
    async (algorithm) => {
      const key = generateSigningKey(algorithm)
      const [jwk] = (JSON.parse(renderJwkSet([key])) as { keys: Record<string, string>[] }).keys
      const { payload, protectedHeader } = await jwtVerify(mintToken(claims, key), await importJWK(jwk!), {
        issuer: claims.iss,
        audience: 'sts.amazonaws.com',
        currentDate: new Date(NOW * 1000),
      })
      expect(payload).toEqual(claims)
      expect(protectedHeader).toEqual({ alg: algorithm, kid: key.keyId })
    },
  )

  it.each(['RS256', 'ES256'] as const)('signs with %s what we verify', async (algorithm) => {
    const key = generateSigningKey(algorithm)
    const jwt = await new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: 'theirs', typ: 'JWT' })
      .sign(key.privateKey)
    const set = parseJwkSet(JSON.stringify({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'theirs' }] }))
    const token = await verifyWebIdentityToken(peekToken(jwt), {
      issuer: parseIssuerUrl(claims.iss),
      clientIds: ['sts.amazonaws.com'],
      key: findKey(set, 'theirs')!,
      now: instantOfEpochSeconds(NOW),
      leewaySeconds: seconds(0),
    })
    expect(token).toMatchObject({ audience: 'sts.amazonaws.com', subject: claims.sub, keyId: 'theirs' })
  })
})

interface Figure {
  readonly input: { readonly key: Record<string, unknown>; readonly alg: string }
  readonly output: { readonly compact: string }
}

describe('RFC 7520', () => {
  it.each([
    ['4_1.rsa_v15_signature.json', 'RS256'],
    ['4_3.ecdsa_signature.json', 'ES512'],
  ])('the example of %s is accepted as %s, and no more when a bit of it is changed', async (file, alg) => {
    const { input, output } = readVectors<Figure>(`jose-cookbook/${file}`)
    expect(input.alg).toBe(alg)
    const jws = parseJws(output.compact)
    const key = findKey(parseJwkSet(JSON.stringify({ keys: [input.key] })), jws.keyId)!
    expect(await verifySignature(jws, key)).toBe(true)
    const signature = Buffer.from(jws.signature)
    signature[10] = signature[10]! ^ 1
    expect(await verifySignature({ ...jws, signature }, key)).toBe(false)
    expect(await verifySignature({ ...jws, signingInput: `${jws.signingInput}A` }, key)).toBe(false)
  })
})
