import { describe, expect, it } from 'vitest'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import {
  activateSealKey,
  addSealKey,
  createSealKeyRing,
  createSessions,
  destroySealKey,
  readSealKeyRing,
  renderSealKeyRing,
  type SealKeyRing,
  SealKeyRingError,
} from './index.ts'
import { ISSUED_AT, irsa } from './testing/drafts.ts'

const randomness = seededRandomness('rings')
const first = createSealKeyRing(randomness)
const [firstKey] = first.keys
const firstId = firstKey?.keyId ?? ''
const withPending = addSealKey(first, randomness)
const secondId = withPending.keys[1]?.keyId ?? ''
const rotated = activateSealKey(withPending, secondId)

const node = (ring: SealKeyRing) => createSessions({ ring, realmId: 'realm', clock: fixedClock(ISSUED_AT), randomness })
type Node = ReturnType<typeof node>
const sealedBy = (by: Node) => by.issue(irsa).credentials
const opens = (by: Node, { sessionToken, accessKeyId }: ReturnType<typeof sealedBy>): boolean => {
  try {
    return by.open(sessionToken, accessKeyId).session.accessKeyId === accessKeyId
  } catch (error) {
    expect(error).toMatchObject({ reason: 'session-unopenable' })
    return false
  }
}

describe('a ring', () => {
  it('begins with one active key of 32 random bytes', () => {
    expect(first.keys).toHaveLength(1)
    expect(firstKey).toMatchObject({ state: 'active', keyId: expect.stringMatching(/^[0-9a-f]{8}$/) })
    expect(firstKey?.state === 'active' && firstKey.root.reveal().length).toBe(32)
  })

  it('is read as it was rendered, in every state of its keys', () => {
    const later = addSealKey(destroySealKey(rotated, firstId), randomness)
    for (const ring of [first, withPending, rotated, later]) {
      const read = readSealKeyRing(renderSealKeyRing(ring))
      expect(read.keys.map(({ keyId, state }) => [keyId, state])).toEqual(
        ring.keys.map(({ keyId, state }) => [keyId, state]),
      )
      expect(renderSealKeyRing(read)).toBe(renderSealKeyRing(ring))
      expect(opens(node(read), sealedBy(node(ring)))).toBe(true)
    }
  })

  const row = { keyId: '00000000', state: 'active', root: Buffer.alloc(32, 1).toString('base64url') }
  const file = (...keys: readonly unknown[]) => JSON.stringify({ version: 1, keys })
  it.each([
    ['no JSON', '{'],
    ['a key twice in an object', '{"version":1,"version":1,"keys":[]}'],
    ['another version', JSON.stringify({ version: 2, keys: [row] })],
    ['no keys', file()],
    ['two active keys', file(row, { ...row, keyId: '00000001' })],
    ['no active key', file({ ...row, state: 'verify-only' })],
    ['a key id twice', file(row, { ...row, state: 'pending' })],
    ['a key id of another form', file({ ...row, keyId: '0000000G' })],
    ['an unknown state', file({ ...row, state: 'retired' })],
    ['a short key', file({ ...row, root: Buffer.alloc(31, 1).toString('base64url') })],
    ['a key in another spelling', file({ ...row, root: `${row.root}=` })],
    ['a key without bytes', file({ keyId: '00000000', state: 'active' })],
  ])('is refused with %s, and the error holds nothing of its keys', (_, text) => {
    expect(() => readSealKeyRing(text)).toThrow(SealKeyRingError)
    try {
      readSealKeyRing(text)
    } catch (error) {
      expect(String(error)).not.toContain(row.root.slice(0, 8))
    }
  })
})

describe('rotation', () => {
  it('never leaves a node with a token that it cannot open, whatever node is ahead', () => {
    const tokens = [first, withPending, rotated].map((ring) => sealedBy(node(ring)))
    // The key is known everywhere before anyone seals with it: rings one step apart live together.
    expect(tokens.map((token) => opens(node(withPending), token))).toEqual([true, true, true])
    expect(tokens.map((token) => opens(node(rotated), token))).toEqual([true, true, true])
    expect(tokens.map((token) => opens(node(first), token))).toEqual([true, true, false])
  })

  it('seals with the new key once it is active, and with none before', () => {
    const keyIdOf = (ring: SealKeyRing) =>
      Buffer.from(sealedBy(node(ring)).sessionToken, 'base64').toString('hex', 4, 8)
    expect([first, withPending, rotated].map(keyIdOf)).toEqual([firstId, firstId, secondId])
  })

  it('ends every session of a key that is destroyed', () => {
    const old = sealedBy(node(first))
    expect(opens(node(destroySealKey(rotated, firstId)), old)).toBe(false)
  })

  it('is followed by a running process, which forgets what it had opened', () => {
    const running = node(first)
    const old = sealedBy(running)
    expect(opens(running, old)).toBe(true)
    running.changeRing(rotated)
    expect(opens(running, old)).toBe(true)
    running.changeRing(destroySealKey(rotated, firstId))
    expect(opens(running, old)).toBe(false)
  })

  it('refuses to activate what is not pending, and to destroy what is active', () => {
    expect(() => activateSealKey(rotated, firstId)).toThrow(SealKeyRingError)
    expect(() => activateSealKey(rotated, 'ffffffff')).toThrow(SealKeyRingError)
    expect(() => destroySealKey(rotated, secondId)).toThrow(SealKeyRingError)
  })

  it('opens nothing with the bytes of one key under the id of another', () => {
    const { sessionToken, accessKeyId } = sealedBy(node(first))
    const bytes = Buffer.from(sessionToken, 'base64')
    bytes.write(secondId, 4, 'hex')
    expect(
      opens(node(rotated), { ...sealedBy(node(first)), sessionToken: bytes.toString('base64'), accessKeyId }),
    ).toBe(false)
  })
})
