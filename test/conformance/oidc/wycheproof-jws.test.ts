import { describe, expect, it } from 'vitest'
import { TokenError } from '../../../src/core/index.ts'
import { findKey, parseJwkSet, peekToken } from '../../../src/standards/oidc/index.ts'
import { parseJws } from '../../../src/standards/oidc/jws.ts'
import { verifySignature } from '../../../src/standards/oidc/verify-signature.ts'
import { readVectors } from './vectors.ts'

interface Case {
  readonly tcId: number
  readonly comment: string
  readonly result: 'valid' | 'invalid'
  readonly jws: string
}
interface Group {
  readonly comment: string
  readonly public?: Record<string, unknown>
  readonly private?: Record<string, unknown>
  readonly tests: readonly Case[]
}
interface File {
  readonly numberOfTests: number
  readonly testGroups: readonly Group[]
}

/** What the project does with a token: take it apart, find the key it names, verify. */
async function accepts(jws: string, jwkSet: unknown): Promise<boolean> {
  try {
    const parsed = parseJws(jws)
    const key = findKey(parseJwkSet(JSON.stringify(jwkSet)), parsed.keyId)
    return key !== undefined && (await verifySignature(parsed, key))
  } catch (failure) {
    if (failure instanceof TokenError) return false
    throw failure
  }
}

async function wrongly(groups: readonly Group[], setOf: (group: Group) => unknown) {
  const cases = await Promise.all(
    groups.flatMap((group) =>
      group.tests.map(async (test) => ({ ...test, accepted: await accepts(test.jws, setOf(group)) })),
    ),
  )
  return {
    accepted: cases.filter(({ accepted, result }) => accepted && result === 'invalid').map(({ tcId }) => tcId),
    refused: cases.filter(({ accepted, result }) => !accepted && result === 'valid').map(({ tcId }) => tcId),
    verified: cases.filter(({ accepted, result }) => accepted && result === 'valid').length,
  }
}

const isSymmetric = (group: Group): boolean => group.public === undefined
const isPss = (group: Group): boolean => String(group.public?.alg).startsWith('PS')

describe('Wycheproof, JSON Web Signature', () => {
  const { testGroups, numberOfTests } = readVectors<File>('wycheproof/json_web_signature_test.json')

  it('is here whole', () => {
    expect([numberOfTests, testGroups.flatMap(({ tests }) => tests).length]).toEqual([401, 401])
  })

  it('no forged token is accepted with the public key of its group', async () => {
    const asymmetric = testGroups.filter((group) => !isSymmetric(group))
    expect(asymmetric.flatMap(({ tests }) => tests)).toHaveLength(361)
    expect((await wrongly(asymmetric, (group) => ({ keys: [group.public] }))).accepted).toEqual([])
  })

  it('the valid ones that are refused are those whose JWK names no algorithm of the token', async () => {
    const rows = await wrongly(
      testGroups.filter((group) => !isSymmetric(group) && !isPss(group)),
      (group) => ({ keys: [group.public] }),
    )
    // 347, 351: the JWK says `ES521`, which does not exist; the token says ES512.
    expect(rows.refused).toEqual([347, 351])
    expect(rows.verified).toBe(18)
  })

  it('RSA-PSS is refused whole: AWS STS does not take it', async () => {
    const rows = await wrongly(testGroups.filter(isPss), (group) => ({ keys: [group.public] }))
    expect(rows.accepted).toEqual([])
    expect(rows.verified).toBe(0)
  })

  it('nothing is accepted with a symmetric key, valid or not', async () => {
    const rows = await wrongly(testGroups.filter(isSymmetric), (group) => ({ keys: [group.private] }))
    expect(rows).toMatchObject({ accepted: [], verified: 0 })
  })
})

describe('Wycheproof, JSON Web Key', () => {
  const { testGroups } = readVectors<File>('wycheproof/json_web_key_test.json')
  const setOf = (group: Group): unknown => group.public ?? group.private

  it('no token is accepted with a key that should not be used', async () => {
    expect((await wrongly(testGroups, setOf)).accepted).toEqual([])
  })

  it('the valid tokens of asymmetric keys are accepted', async () => {
    const rows = await wrongly(testGroups, setOf)
    // 13 to 15 are of symmetric keys, and so is the set of 2.
    expect(rows.refused).toEqual([2, 13, 14, 15])
    expect(rows.verified).toBe(1)
  })
})

describe('Wycheproof, JSON Web Encryption', () => {
  const { testGroups } = readVectors<{ testGroups: readonly { tests: readonly { jwe: string }[] }[] }>(
    'wycheproof/json_web_encryption_test.json',
  )

  it('no encrypted token is taken for a web identity token', () => {
    const tokens = testGroups.flatMap(({ tests }) => tests.map(({ jwe }) => jwe))
    expect(tokens).toHaveLength(139)
    for (const jwe of tokens) expect(() => peekToken(jwe), jwe).toThrow(TokenError)
  })
})
