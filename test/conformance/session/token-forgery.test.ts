import { createHash, createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createSealKeyRing, createSessions, type Sessions } from '../../../src/cloud/session/index.ts'
import { ISSUED_AT, irsa, irsaOfPod } from '../../../src/cloud/session/testing/drafts.ts'
import { SignatureError } from '../../../src/core/index.ts'
import { fixedClock, seededRandomness } from '../../../src/core/testing/fixed.ts'

const clock = fixedClock(ISSUED_AT)
const ring = createSealKeyRing(seededRandomness('ring'))
const realmId = '2f0f6a3e-55a5-4c0a-9a4c-3b8f1a2d4c5e'
const sessions = createSessions({ ring, realmId, clock, randomness: seededRandomness('sessions') })
const { credentials } = sessions.issue(irsaOfPod)

/** The one error that every forgery meets; anything else that is thrown fails the test. */
function refusal(token: string, accessKeyId = credentials.accessKeyId, by: Sessions = sessions): string {
  try {
    by.open(token, accessKeyId)
  } catch (error) {
    if (error instanceof SignatureError) return `${error.reason}: ${error.message}`
    throw error
  }
  return 'opened'
}

const UNOPENABLE = refusal('')

it('has one error for all of it', () => {
  expect(UNOPENABLE).toBe('session-unopenable: the session token is not one of this installation')
})

it('refuses every single bit flipped', () => {
  const bytes = Buffer.from(credentials.sessionToken, 'base64')
  const opened: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const forged = Buffer.from(bytes)
    forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    if (refusal(forged.toString('base64')) !== UNOPENABLE) opened.push(bit)
  }
  expect(bytes.length * 8).toBeGreaterThan(2_000)
  expect(opened).toEqual([])
})

it('refuses every character of the text replaced by another of its alphabet, or by something else', () => {
  const token = credentials.sessionToken
  const opened: string[] = []
  for (let at = 0; at < token.length; at += 1) {
    for (const letter of ['A', 'b', '7', '+', '/', '-', '_', '=', ' ', '\n', '\0', 'é']) {
      if (token[at] === letter) continue
      const forged = token.slice(0, at) + letter + token.slice(at + 1)
      if (refusal(forged) !== UNOPENABLE) opened.push(`${at} ${letter}`)
    }
  }
  expect(opened).toEqual([])
})

it('refuses every truncation, at the front and at the end', () => {
  const bytes = Buffer.from(credentials.sessionToken, 'base64')
  for (let count = 1; count <= bytes.length; count += 1) {
    expect(refusal(bytes.subarray(0, -count).toString('base64'))).toBe(UNOPENABLE)
    expect(refusal(bytes.subarray(count).toString('base64'))).toBe(UNOPENABLE)
  }
  for (let count = 1; count < credentials.sessionToken.length; count += 1) {
    expect(refusal(credentials.sessionToken.slice(0, -count))).toBe(UNOPENABLE)
  }
})

it('refuses bytes appended, other spellings of base64, and anything too long', () => {
  const token = credentials.sessionToken
  const bytes = Buffer.from(token, 'base64')
  const forgeries = [
    Buffer.concat([bytes, Buffer.of(0)]).toString('base64'),
    Buffer.concat([bytes, bytes]).toString('base64'),
    bytes.toString('base64url'),
    token.replace(/=*$/, ''),
    `${token}=`,
    `${token}\n`,
    ` ${token}`,
    token.match(/.{1,76}/g)?.join('\r\n') ?? '',
    'A'.repeat(100_000),
    `OIrS${'A'.repeat(200)}`,
  ].filter((forged) => forged !== token)
  for (const forged of forgeries) expect(refusal(forged)).toBe(UNOPENABLE)
})

it('refuses parts of two tokens put together', () => {
  const one = Buffer.from(credentials.sessionToken, 'base64')
  const other = Buffer.from(sessions.issue(irsaOfPod).credentials.sessionToken, 'base64')
  // Each cut that leaves something of both: behind magic, version, key id, inside the nonce, inside the ciphertext, before the tag.
  for (const cut of [9, 20, 31, 32, 100, one.length - 16, one.length - 1]) {
    const mixed = Buffer.concat([one.subarray(0, cut), other.subarray(cut)])
    expect(refusal(mixed.toString('base64'))).toBe(UNOPENABLE)
  }
})

it('refuses a token under the access key of another session', () => {
  const other = sessions.issue(irsa).credentials
  expect(refusal(credentials.sessionToken, other.accessKeyId)).toBe(UNOPENABLE)
  expect(refusal(credentials.sessionToken)).toBe('opened')
  expect(refusal(credentials.sessionToken, other.accessKeyId)).toBe(UNOPENABLE)
})

it('refuses the token of another installation, also one with the same ring', () => {
  const elsewhere = createSessions({
    ring,
    realmId: '00000000-0000-4000-8000-000000000000',
    clock,
    randomness: seededRandomness('x'),
  })
  expect(refusal(credentials.sessionToken, credentials.accessKeyId, elsewhere)).toBe(UNOPENABLE)
  const otherKeys = createSessions({
    ring: createSealKeyRing(seededRandomness('y')),
    realmId,
    clock,
    randomness: seededRandomness('x'),
  })
  expect(refusal(credentials.sessionToken, credentials.accessKeyId, otherKeys)).toBe(UNOPENABLE)
})

it('does not let the secret follow from what the caller sees', () => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const bytes = Buffer.from(sessionToken, 'base64')
  const visible = [
    Buffer.from(accessKeyId),
    Buffer.from(sessionToken),
    bytes,
    bytes.subarray(0, 8),
    bytes.subarray(8, 32),
    bytes.subarray(-16),
    Buffer.from(realmId),
  ]
  const guesses = new Set<string>()
  for (const key of visible) {
    guesses.add(createHash('sha256').update(key).digest('base64').slice(0, 40))
    for (const text of visible) guesses.add(createHmac('sha256', key).update(text).digest('base64').slice(0, 40))
  }
  expect(guesses.size).toBe(visible.length * (visible.length + 1))
  expect(guesses.has(secretAccessKey.reveal())).toBe(false)
  expect(sessionToken).not.toContain(secretAccessKey.reveal())
  expect(bytes.includes(Buffer.from(secretAccessKey.reveal(), 'base64'))).toBe(false)
})

it('never uses a nonce twice, nor an id', () => {
  const nonces = new Set<string>()
  const ids = new Set<string>()
  for (let count = 0; count < 5_000; count += 1) {
    const issued = sessions.issue(irsa)
    nonces.add(issued.credentials.sessionToken.slice(10, 42))
    ids.add(issued.session.sessionId)
  }
  expect([nonces.size, ids.size]).toEqual([5_000, 5_000])
})
