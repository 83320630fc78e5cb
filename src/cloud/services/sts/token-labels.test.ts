import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Exchange, openExchange, SOURCE_IDENTITY, TAGS } from './testing/exchange.ts'
import { errorOf, provider, ROLE_ARN, roleOf, trust } from './testing/sts-under-test.ts'

let sts: Exchange['sts']
let exchange: Exchange['exchange']
let sessionOf: Exchange['sessionOf']
beforeEach(() => {
  ;({ sts, exchange, sessionOf } = openExchange())
})

describe('tags and source identity of the token', () => {
  it('become those of the session, in the nested form and in the flat one', async () => {
    const nested = { [TAGS]: { principal_tags: { Project: ['blue'], Env: ['dev'] }, transitive_tag_keys: ['Project'] } }
    const flat = {
      [`${TAGS}/principal_tags/Project`]: 'blue',
      [`${TAGS}/principal_tags/Env`]: ['dev'],
      [`${TAGS}/transitive_tag_keys`]: ['Project'],
    }
    for (const claims of [nested, flat]) {
      const session = await sessionOf({}, { ...claims, [SOURCE_IDENTITY]: 'alice' })
      expect([...session.tags]).toEqual([
        ['Project', 'blue'],
        ['Env', 'dev'],
      ])
      expect(session.transitiveTagKeys).toEqual(['Project'])
      expect(session.sourceIdentity).toBe('alice')
    }
  })

  it('stand in the answer as AWS has it', async () => {
    const { output, additionalEventData } = await exchange(
      {},
      { [SOURCE_IDENTITY]: 'alice', [TAGS]: { principal_tags: { a: ['b'] } } },
    )
    expect(output).toMatchObject({ SourceIdentity: 'alice', PackedPolicySize: 1 })
    expect(additionalEventData).toEqual({ principalTags: { a: 'b' } })
  })

  const COULD_NOT =
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
  it.each<readonly [string, Record<string, unknown>]>([
    ['tags that are a list', { [TAGS]: ['a'] }],
    ['tags that are null', { [TAGS]: null }],
    ['principal tags that are null', { [TAGS]: { principal_tags: null } }],
    ['transitive keys that are null', { [TAGS]: { principal_tags: { a: ['b'] }, transitive_tag_keys: null } }],
    ['flat transitive keys that are null', { [`${TAGS}/transitive_tag_keys`]: null }],
    ['principal tags that are a text', { [TAGS]: { principal_tags: 'a=b' } }],
    ['a tag with two values', { [TAGS]: { principal_tags: { a: ['b', 'c'] } } }],
    ['a tag without a value', { [TAGS]: { principal_tags: { a: [] } } }],
    ['a tag whose value is a number', { [TAGS]: { principal_tags: { a: [1] } } }],
    ['a nested tag whose value is no list', { [TAGS]: { principal_tags: { a: 'b' } } }],
    ['transitive keys that are a text', { [TAGS]: { principal_tags: { a: ['b'] }, transitive_tag_keys: 'a' } }],
    ['a flat tag whose value is a number', { [`${TAGS}/principal_tags/a`]: 1 }],
    ['a source identity that is a list', { [SOURCE_IDENTITY]: ['alice'] }],
  ])('%s: the token is refused', async (_, claims) => {
    expect(await errorOf(exchange({}, claims))).toEqual(['InvalidIdentityToken', 400, COULD_NOT])
  })

  const tagsOf = (tags: Record<string, string>, transitive: readonly string[] = []) => ({
    [TAGS]: {
      principal_tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, [value]])),
      transitive_tag_keys: transitive,
    },
  })
  it.each<readonly [string, Record<string, unknown>, string, RegExp]>([
    [
      'two keys that differ in case',
      tagsOf({ Team: 'a', team: 'b' }),
      'InvalidParameterValue',
      /^Duplicate tag keys found\. Please note that Tag keys are case insensitive\.$/,
    ],
    [
      'one key in both forms',
      { ...tagsOf({ a: 'b' }), [`${TAGS}/principal_tags/A`]: 'c' },
      'InvalidParameterValue',
      /^Duplicate tag keys/,
    ],
    [
      'a transitive key that is no tag',
      tagsOf({ a: 'b' }, ['c']),
      'InvalidParameterValue',
      /^The specified transitive tag key must be included in the requested tags\.$/,
    ],
    ['a reserved key', tagsOf({ 'aws:team': 'b' }), 'InvalidParameterValue', /reserved/],
    [
      '51 tags',
      tagsOf(Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, 'v']))),
      'ValidationError',
      /at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50/,
    ],
    ['a key of 129 characters', tagsOf({ ['k'.repeat(129)]: 'v' }), 'ValidationError', /less than or equal to 128/],
    ['a value of 257 characters', tagsOf({ k: 'v'.repeat(257) }), 'ValidationError', /less than or equal to 256/],
    [
      'a value with a character that tags cannot have',
      tagsOf({ k: 'a\nb' }),
      'ValidationError',
      /regular expression pattern/,
    ],
    [
      'a source identity of one character',
      { [SOURCE_IDENTITY]: 'a' },
      'ValidationError',
      /at 'sourceIdentity' failed to satisfy constraint: Member must have length greater than or equal to 2/,
    ],
    [
      'a source identity with a colon',
      { [SOURCE_IDENTITY]: 'aws:alice' },
      'ValidationError',
      /at 'sourceIdentity' failed .* pattern/,
    ],
  ])('%s: refused in the words of AssumeRole', async (_, claims, code, message) => {
    const error = await errorOf(exchange({}, claims))
    expect(error.slice(0, 2)).toEqual([code, 400])
    expect(error[2]).toMatch(message)
  })

  it('that could name a prototype are keys like any other', async () => {
    const session = await sessionOf(
      {},
      { [`${TAGS}/principal_tags/__proto__`]: 'x', [`${TAGS}/principal_tags/constructor`]: 'y' },
    )
    expect([...session.tags]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })

  it('of any kind are read or refused, and never fail otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), async (tags, source, more) => {
        const claims = {
          [TAGS]: tags,
          [SOURCE_IDENTITY]: source,
          amr: more,
          'kubernetes.io': more,
          [`${TAGS}/principal_tags/k`]: more,
        }
        try {
          await exchange({}, claims)
        } catch (error) {
          expect(error).toMatchObject({
            httpStatus: expect.toSatisfy((status: number) => status === 400 || status === 403),
          })
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('a token that says more than a session can hold', () => {
  it.each<readonly [string, Record<string, unknown>]>([
    ['a subject of 256 characters', { sub: 's'.repeat(256) }],
    ['eleven methods', { amr: Array.from({ length: 11 }, () => 'pwd') }],
    ['a method of 65 characters', { amr: ['m'.repeat(65)] }],
  ])('%s is refused', async (_, claims) => {
    sts.world.roles.set(
      ROLE_ARN,
      roleOf({ trustPolicy: trust({ Federated: provider.arn }, 'sts:AssumeRoleWithWebIdentity') }),
    )
    expect((await errorOf(exchange({}, claims))).slice(0, 2)).toEqual(['InvalidIdentityToken', 400])
  })

  it('keeps no token id that is longer than one', async () => {
    expect((await sessionOf({}, { jti: 'j'.repeat(65) })).webIdentity).not.toHaveProperty('tokenId')
  })
})
