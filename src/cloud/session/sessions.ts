import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject } from 'node:crypto'
import {
  type Clock,
  type Complete,
  epochSeconds,
  type Instant,
  instantOfEpochSeconds,
  type Randomness,
  Secret,
  SignatureError,
} from '../../core/index.ts'
import { accessKeyIdOf } from './access-key-id.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { SealKeyRingError } from './errors.ts'
import type { AssumedRoleSession, OpenedSession, SealKey, SealKeyRing, SessionDraft, Sessions } from './model.ts'
import { PLAINTEXT_ROOM_BYTES, readPlaintext, renderPlaintext } from './plaintext.ts'
import { createXaesKey, XAES_KEY_BYTES, XAES_NONCE_BYTES, XAES_TAG_BYTES, type XaesKey } from './xaes.ts'

export interface SessionParts {
  readonly ring: SealKeyRing
  /** UUID of the installation: tokens of another are refused whatever its keys. */
  readonly realmId: string
  readonly clock: Clock
  readonly randomness: Randomness
}

// The token: magic and version (`OIrS` and more in base64, for scanners of leaked secrets), key id, nonce, ciphertext, tag.
const MAGIC = Buffer.from([0x38, 0x8a, 0xd2])
const VERSION = 1
const KEY_ID_AT = MAGIC.length + 1
const NONCE_AT = KEY_ID_AT + 4
const SEALED_AT = NONCE_AT + XAES_NONCE_BYTES
const SMALLEST_BYTES = SEALED_AT + XAES_TAG_BYTES
const LARGEST_CHARACTERS = Math.ceil((SMALLEST_BYTES + PLAINTEXT_ROOM_BYTES) / 3) * 4

const SESSION_ID_BYTES = 16
const SECRET_CHARACTERS = 40
/** A session from further in the future was not issued by a clock that we know. */
const CLOCK_LEEWAY_MS = 60_000
/** Some 20 MiB at the very most; a session of the usual size takes 1 KiB. */
const MOST_CACHED = 10_000

/** Seals sessions into tokens and opens them. The keys are here and nowhere else; nothing of a session is stored. */
export function createSessions({ ring, realmId, clock, randomness }: SessionParts): Sessions {
  if (realmId === '') throw new RangeError('an installation has a realm id')
  let seals = sealsOf(ring, realmId)
  const cache = createBoundedCache<OpenedSession>(MOST_CACHED)
  return {
    issue: (draft) => {
      const { active } = seals
      const id = randomness.bytes(SESSION_ID_BYTES)
      const session = sessionOf(draft, id)
      const { bytes, packedPolicySizePercent } = renderPlaintext(session)
      const credentials = {
        accessKeyId: session.accessKeyId,
        secretAccessKey: secretAccessKeyOf(active, session),
        sessionToken: sealToken(active, bytes, randomness.bytes(XAES_NONCE_BYTES)),
        expiration: session.expiresAt,
      }
      return { credentials, session, packedPolicySizePercent }
    },
    open: (sessionToken, accessKeyId) => {
      const digest = hash('sha256', sessionToken, 'base64')
      const known = cache.find(digest)
      const opened = known ?? openToken(seals, sessionToken)
      if (opened === undefined || opened.session.accessKeyId !== accessKeyId) throw unopenable(accessKeyId)
      checkTimes(opened.session, clock.now())
      if (known === undefined) cache.put(digest, opened)
      return opened
    },
    changeRing: (next) => {
      seals = sealsOf(next, realmId)
      cache.clear()
    },
  }
}

/** Member by member: a copy by spreading costs several times as much, and this is on the way of every exchange. */
function sessionOf(draft: SessionDraft, id: Uint8Array): AssumedRoleSession {
  const session: Complete<AssumedRoleSession> = {
    kind: draft.kind,
    sessionId: Buffer.from(id).toString('hex'),
    accessKeyId: accessKeyIdOf(draft.account, id),
    partition: draft.partition,
    account: draft.account,
    roleUniqueId: draft.roleUniqueId,
    rolePath: draft.rolePath,
    roleName: draft.roleName,
    sessionName: draft.sessionName,
    issuedAt: draft.issuedAt,
    expiresAt: instantOfEpochSeconds(epochSeconds(draft.expiresAt)),
    webIdentity: draft.webIdentity,
    sourceIdentity: draft.sourceIdentity,
    tags: draft.tags,
    transitiveTagKeys: draft.transitiveTagKeys,
    sessionPolicy: draft.sessionPolicy,
    sessionPolicyArns: draft.sessionPolicyArns,
    chainDepth: draft.chainDepth,
    parentAccessKeyId: draft.parentAccessKeyId,
  }
  return session
}

/** What one key of the ring is used as. */
interface Seal {
  readonly keyId: Buffer
  readonly xaes: XaesKey
  /** Secret access keys are derived with this. */
  readonly secrets: KeyObject
  readonly aad: Buffer
}

interface Seals {
  readonly active: Seal
  /** All that open, by key id in hex. */
  readonly byKeyId: ReadonlyMap<string, Seal>
}

function sealsOf({ keys }: SealKeyRing, realmId: string): Seals {
  const living = keys.filter((key) => key.state !== 'destroyed')
  const byKeyId = new Map(living.map((key) => [key.keyId, sealOf(key, realmId)]))
  const active = byKeyId.get(living.find(({ state }) => state === 'active')?.keyId ?? '')
  if (active === undefined) throw new SealKeyRingError('no seal key is active')
  return { active, byKeyId }
}

function sealOf({ keyId, root }: Exclude<SealKey, { state: 'destroyed' }>, realmId: string): Seal {
  const keyIdBytes = Buffer.from(keyId, 'hex')
  const derived = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', root.reveal(), realmId, `openirsa/${purpose}/v1`, XAES_KEY_BYTES))
  return {
    keyId: keyIdBytes,
    xaes: createXaesKey(new Secret(derived('seal'))),
    secrets: createSecretKey(derived('sak')),
    // XAES does not commit to its key: the key id is authenticated, and chooses exactly one key.
    aad: Buffer.concat([
      Buffer.from('openirsa/sts-session/v1\0'),
      Buffer.of(VERSION),
      keyIdBytes,
      Buffer.from(realmId),
    ]),
  }
}

function sealToken({ keyId, xaes, aad }: Seal, plaintext: Buffer, nonce: Uint8Array): string {
  const sealed = xaes.seal({ nonce, plaintext, aad })
  return Buffer.concat([MAGIC, Buffer.of(VERSION), keyId, nonce, sealed]).toString('base64')
}

function openToken({ byKeyId }: Seals, token: string): OpenedSession | undefined {
  if (token.length > LARGEST_CHARACTERS) return undefined
  const bytes = Buffer.from(token, 'base64')
  // Buffer's decoder skips what it does not know; encoding again shows whether it did: a token has one spelling.
  if (bytes.length < SMALLEST_BYTES || bytes.toString('base64') !== token) return undefined
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes[MAGIC.length] !== VERSION) return undefined
  const seal = byKeyId.get(bytes.toString('hex', KEY_ID_AT, NONCE_AT))
  if (seal === undefined) return undefined
  const nonce = bytes.subarray(NONCE_AT, SEALED_AT)
  const plaintext = seal.xaes.open({ nonce, sealed: bytes.subarray(SEALED_AT), aad: seal.aad })
  const session = plaintext === undefined ? undefined : readPlaintext(plaintext)
  return session === undefined ? undefined : { session, secretAccessKey: secretAccessKeyOf(seal, session) }
}

/** Follows from the sealed session id, and from a key that never leaves: whoever has the token alone cannot make it. */
function secretAccessKeyOf({ secrets }: Seal, { sessionId, accessKeyId }: AssumedRoleSession): Secret {
  const mac = createHmac('sha256', secrets).update('v1\0').update(sessionId, 'hex').update(accessKeyId)
  return new Secret(mac.digest('base64').slice(0, SECRET_CHARACTERS))
}

function checkTimes({ accessKeyId, issuedAt, expiresAt }: AssumedRoleSession, now: Instant): void {
  if (issuedAt > now + CLOCK_LEEWAY_MS) throw unopenable(accessKeyId)
  if (now < expiresAt) return
  throw new SignatureError('session-expired', `the session ended at ${new Date(expiresAt).toISOString()}`, {
    accessKeyId,
  })
}

function unopenable(accessKeyId: string): SignatureError {
  return new SignatureError('session-unopenable', 'the session token is not one of this installation', { accessKeyId })
}
