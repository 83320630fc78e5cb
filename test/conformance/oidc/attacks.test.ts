import { describe, expect, it } from 'vitest'
import { instantOfEpochSeconds, seconds, TokenError } from '../../../src/core/index.ts'
import {
  findKey,
  parseIssuerUrl,
  parseJwkSet,
  peekToken,
  renderJwkSet,
  type SigningKey,
  verifyWebIdentityToken,
  type WebIdentityToken,
} from '../../../src/standards/oidc/index.ts'
import {
  baseClaims,
  cases,
  ISSUER,
  isForTrust,
  isHarmless,
  NOW,
  ours,
  signedParts,
  tokenCases,
  tokensOf,
} from './attack-tokens.ts'

async function verify(jwt: string, keys: readonly SigningKey[] = [ours]): Promise<WebIdentityToken> {
  const token = peekToken(jwt)
  const key = findKey(parseJwkSet(renderJwkSet(keys)), token.keyId)
  if (key === undefined) throw new TokenError('unknown-key', 'unknown key')
  return verifyWebIdentityToken(token, {
    issuer: parseIssuerUrl(ISSUER),
    clientIds: ['sts.amazonaws.com'],
    key,
    now: instantOfEpochSeconds(NOW),
    leewaySeconds: seconds(300),
  })
}

async function verdict(jwt: string, keys: readonly SigningKey[]): Promise<string> {
  try {
    await verify(jwt, keys)
    return 'accepted'
  } catch (failure) {
    if (failure instanceof TokenError) return failure.reason
    throw failure
  }
}

describe('attacks on the token', () => {
  it('cover the header, claims, JSON, form, signature and times', () => {
    expect([cases.length, tokenCases.length]).toEqual([116, 106])
  })

  it.each(tokenCases.filter((each) => each.expect.startsWith('reject') && !isForTrust(each) && !isHarmless(each)))(
    '$id is refused',
    async (testCase) => {
      const { tokens, keys } = tokensOf(testCase)
      expect(tokens.length).toBeGreaterThan(0)
      for (const jwt of tokens) expect(await verdict(jwt, keys)).not.toBe('accepted')
    },
  )

  it.each(tokenCases.filter(isHarmless))('$id brings in no key of its own', async (testCase) => {
    const { tokens, keys } = tokensOf(testCase)
    expect(await Promise.all(tokens.map((jwt) => verdict(jwt, keys)))).toEqual(['bad-signature', 'accepted'])
  })

  it.each(tokenCases.filter((each) => each.expect.startsWith('accept') && !isHarmless(each)))(
    '$id is accepted',
    async (testCase) => {
      const { tokens, keys } = tokensOf(testCase)
      expect(await Promise.all(tokens.map((jwt) => verdict(jwt, keys)))).toEqual(['accepted'])
      expect((await verify(tokens[0]!, keys)).subject).toBe(baseClaims.sub)
      expect(({} as Record<string, unknown>).sub).toBeUndefined()
    },
  )

  it.each(tokenCases.filter(isForTrust))(
    '$id comes through unchanged, for the trust policy to judge',
    async (testCase) => {
      const { tokens, keys } = tokensOf(testCase)
      expect((await verify(tokens[0]!, keys)).subject).toBe(testCase.mutate.claims!.sub)
    },
  )

  it('an authorized party takes the place of the audience', async () => {
    const jwt = signedParts({
      id: '',
      expect: '',
      mutate: { claims: { azp: 'sts.amazonaws.com', aud: ['x', 'y'] } },
    }).jwt
    expect(await verify(jwt)).toMatchObject({ audience: 'sts.amazonaws.com', originalAudiences: ['x', 'y'] })
    const [azp] = tokensOf(cases.find(({ id }) => id === 'azp present and != aud')!).tokens
    expect(await verdict(azp!, [ours])).toBe('audience-mismatch')
  })

  it('every case is in one of these groups', () => {
    const judged = tokenCases.filter(
      (each) => /^(reject|accept)/.test(each.expect) || isHarmless(each) || isForTrust(each),
    )
    expect(tokenCases.filter((each) => !judged.includes(each)).map(({ id }) => id)).toEqual(['azp present and != aud'])
  })
})
