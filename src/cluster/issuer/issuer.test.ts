import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { instant, instantOfEpochSeconds, type OpenirsaError, seconds } from '../../core/index.ts'
import {
  findKey,
  parseDiscoveryDocument,
  parseIssuerUrl,
  parseJwkSet,
  peekToken,
  type SigningKey,
  verifyWebIdentityToken,
} from '../../standards/oidc/index.ts'
import {
  createKeyRing,
  generateSigningKey,
  type KeyRing,
  KeyRingError,
  mintServiceAccountToken,
  parseKeyRing,
  parseSigningKey,
  publicKeySet,
  renderIssuerDiscovery,
  renderIssuerJwks,
  renderKeyRing,
  renderSigningKey,
  type ServiceAccountTokenRequest,
  TokenRequestError,
} from './index.ts'

const NOW = 1_760_000_000
const issuer = parseIssuerUrl('https://oidc.eks.us-east-1.amazonaws.com/id/0524940DCCDE3C59B6B1ABEFCE8BB2A2')
const request: ServiceAccountTokenRequest = {
  issuer,
  serviceAccount: { namespace: 'shop', name: 'orders', uid: 'sa-uid' },
  audiences: ['sts.amazonaws.com'],
  now: instant(NOW * 1000 + 400),
  uuid: '9bdb1d7c-2b07-4f1b-9d35-6f5d0f4d0b6e',
}

let ring: KeyRing
beforeAll(() => {
  ring = createKeyRing()
})

const decode = (jwt: string, part: 0 | 1): string => Buffer.from(jwt.split('.')[part]!, 'base64url').toString()

describe('a projected token', () => {
  it('says what kube-apiserver says, in its order', () => {
    const minted = mintServiceAccountToken(request, ring.active)
    expect(decode(minted.token, 0)).toBe(`{"alg":"RS256","kid":"${ring.active.keyId}"}`)
    expect(decode(minted.token, 1)).toBe(
      `{"aud":["sts.amazonaws.com"],"exp":${NOW + 3600},"iat":${NOW},"iss":"${issuer}","jti":"${request.uuid}",` +
        '"kubernetes.io":{"namespace":"shop","serviceaccount":{"name":"orders","uid":"sa-uid"}},' +
        `"nbf":${NOW},"sub":"system:serviceaccount:shop:orders"}`,
    )
    expect(minted).toMatchObject({ tokenId: request.uuid, expiresAt: instantOfEpochSeconds(NOW + 3600) })
  })

  it('names the pod and the node that it is bound to', () => {
    const bound = mintServiceAccountToken(
      { ...request, pod: { name: 'p', uid: 'pu' }, node: { name: 'n', uid: 'nu' } },
      ring.active,
    )
    expect(decode(bound.token, 1)).toContain(
      '"kubernetes.io":{"namespace":"shop","node":{"name":"n","uid":"nu"},"pod":{"name":"p","uid":"pu"},"serviceaccount"',
    )
    const withoutNode = mintServiceAccountToken(
      { ...request, pod: { name: 'p', uid: 'pu' }, node: { name: 'n' } },
      ring.active,
    )
    expect(decode(withoutNode.token, 1)).toContain('"node":{"name":"n"},')
  })

  it('is verified with the published keys', async () => {
    const token = peekToken(mintServiceAccountToken(request, ring.active).token)
    const key = findKey(publicKeySet(ring), token.keyId)
    const expectations = {
      issuer,
      clientIds: ['sts.amazonaws.com'],
      key: key!,
      now: request.now,
      leewaySeconds: seconds(0),
    }
    expect(await verifyWebIdentityToken(token, expectations)).toMatchObject({
      subject: 'system:serviceaccount:shop:orders',
      tokenId: request.uuid,
    })
  })

  it.each([
    [599, 'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
    [0, 'spec.expirationSeconds: Invalid value: 0: may not specify a duration less than 10 minutes'],
    [-1, 'spec.expirationSeconds: Invalid value: -1: may not specify a duration less than 10 minutes'],
    [
      2 ** 32 + 1,
      'spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    [600.5, 'spec.expirationSeconds: Invalid value: 600.5: must be whole seconds'],
    [Number.NaN, 'spec.expirationSeconds: Invalid value: NaN: must be whole seconds'],
    [Number.POSITIVE_INFINITY, 'spec.expirationSeconds: Invalid value: Infinity: must be whole seconds'],
  ])('of %d seconds is refused', (expirationSeconds, message) => {
    expect(() => mintServiceAccountToken({ ...request, expirationSeconds }, ring.active)).toThrow(
      new TokenRequestError(message),
    )
  })

  it.each([600, 86_400, 2 ** 32])('of %d seconds is given', (expirationSeconds) => {
    const { expiresAt } = mintServiceAccountToken({ ...request, expirationSeconds }, ring.active)
    expect(expiresAt).toBe((NOW + expirationSeconds) * 1000)
  })

  it('for nobody is refused', () => {
    for (const audiences of [[], [''], ['sts.amazonaws.com', '']]) {
      expect(() => mintServiceAccountToken({ ...request, audiences }, ring.active)).toThrow(TokenRequestError)
    }
  })
})

describe('a key ring', () => {
  it('comes back as it was written', () => {
    const full: KeyRing = {
      active: ring.active,
      next: generateSigningKey('ES256'),
      retiring: [{ key: generateSigningKey('ES256'), publishUntil: instant(5) }],
    }
    const read = parseKeyRing(renderKeyRing(full))
    const idsOf = ({ active, next, retiring }: KeyRing) => [
      active.keyId,
      next?.keyId,
      retiring.map(({ key, publishUntil }) => [key.keyId, publishUntil]),
    ]
    expect(idsOf(read)).toEqual(idsOf(full))
    expect(publicKeySet(read).keys.size).toBe(3)
  })

  it('shows nothing of its keys when it is printed', () => {
    const der = ring.active.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
    for (const text of [inspect(ring, { depth: 9 }), JSON.stringify(ring)])
      expect(text).not.toContain(der.slice(60, 90))
  })

  it.each([
    ['no JSON', 'oops'],
    ['a list', '[]'],
    ['another version', '{"version":2,"active":"x","retiring":[]}'],
    ['no key', '{"version":1,"active":"x","retiring":[]}'],
    ['no active key', '{"version":1,"retiring":[]}'],
    ['no list of retiring keys', '{"version":1,"active":"x"}'],
    ['a retiring key without date', '{"version":1,"active":"x","retiring":[{"key":"x"}]}'],
    ['a key twice', () => renderKeyRing({ ...ring, next: ring.active })],
  ])('that is %s is refused', (_, text) => {
    expect(() => parseKeyRing(typeof text === 'string' ? text : text())).toThrow(KeyRingError)
  })
})

describe('a signing key', () => {
  const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string =>
    key.export({ type: type as 'pkcs8', format: 'pem' }).toString()

  it('may be RSA or of one of the three curves, in any usual form of PEM', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
    const keys: readonly (readonly [string, SigningKey])[] = [
      ['RS256', parseSigningKey(pem(rsa))],
      ['RS256', parseSigningKey(pem(rsa, 'pkcs1'))],
      ['ES256', parseSigningKey(pem(ec('P-256'), 'sec1'))],
      ['ES384', parseSigningKey(pem(ec('P-384')))],
      ['ES512', parseSigningKey(pem(ec('P-521')))],
    ]
    for (const [algorithm, key] of keys) expect(key.algorithm).toBe(algorithm)
    expect(createPrivateKey(renderSigningKey(keys[0]![1])).equals(rsa)).toBe(true)
  })

  it.each<[string, () => string]>([
    ['RSA of 1024 bits', () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['RSA-PSS', () => pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey)],
    ['Ed25519', () => pem(generateKeyPairSync('ed25519').privateKey)],
    ['secp256k1', () => pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey)],
    [
      'a public key',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    [
      'a key with a passphrase',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
          .toString(),
    ],
    ['nothing', () => ''],
  ])('%s is refused', (_, make) => {
    const text = make()
    expect(() => parseSigningKey(text)).toThrow(KeyRingError)
    try {
      parseSigningKey(text)
    } catch (failure) {
      expect((failure as OpenirsaError).message).not.toContain('BEGIN')
    }
  })
})

describe('the documents of an issuer', () => {
  it('lead from the issuer to its keys', () => {
    const { jwksUri } = parseDiscoveryDocument(renderIssuerDiscovery(issuer, ring), issuer)
    expect(jwksUri).toBe(`${issuer}/keys`)
    expect([...parseJwkSet(renderIssuerJwks(ring)).keys.keys()]).toEqual([ring.active.keyId])
  })

  it('hold no private member', () => {
    const { keys } = JSON.parse(renderIssuerJwks({ ...ring, next: generateSigningKey('ES256') })) as {
      keys: Record<string, unknown>[]
    }
    expect(
      keys.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name)),
    ).toEqual([])
    expect(keys).toHaveLength(2)
  })

  it('name the algorithms of all keys', () => {
    const text = renderIssuerDiscovery(issuer, { ...ring, next: generateSigningKey('ES256') })
    expect(JSON.parse(text)).toMatchObject({ id_token_signing_alg_values_supported: ['ES256', 'RS256'] })
  })
})
