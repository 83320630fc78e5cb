import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { SessionTooLargeError } from './errors.ts'
import type { AssumedRoleSession } from './model.ts'
import { readTexts, readTlv, renderTexts, tlvWriter } from './tlv.ts'

/** Policies and tags of a session: what the caller chooses, and what AWS counts as its packed size. */
export type PackedPart = Pick<AssumedRoleSession, 'sessionPolicy' | 'sessionPolicyArns' | 'tags' | 'transitiveTagKeys'>

/** Room for the packed part in a token that fits the header and URL limits of HTTP servers. */
export const PACKED_ROOM_BYTES = 2_600
/** An unpacked part is never longer, whatever a deflated one claims. */
const UNPACKED_ROOM_BYTES = 32 * 1024
/** Shorter parts do not get shorter. */
const DEFLATE_FROM_BYTES = 64

const FIELD = { policy: 1, policyArns: 2, tags: 3, transitiveTagKeys: 4 } as const
const KNOWN: ReadonlySet<number> = new Set(Object.values(FIELD))

export interface Packed {
  readonly bytes: Buffer
  readonly isDeflated: boolean
  /** Of the room that there is; 1 to 100. */
  readonly percent: number
}

/** The packed part, or undefined when the session has none. @throws SessionTooLargeError */
export function renderPackedPart(part: PackedPart): Packed | undefined {
  const plain = renderPlain(part)
  if (plain.length === 0) return undefined
  const deflated = plain.length < DEFLATE_FROM_BYTES ? plain : deflateRawSync(plain)
  const isDeflated = deflated.length < plain.length
  const bytes = isDeflated ? deflated : plain
  const share = Math.max(bytes.length / PACKED_ROOM_BYTES, plain.length / UNPACKED_ROOM_BYTES)
  const percent = Math.ceil(100 * share)
  if (percent > 100) throw new SessionTooLargeError(percent, largerOf(part))
  return { bytes, isDeflated, percent }
}

function renderPlain({ sessionPolicy, sessionPolicyArns, tags, transitiveTagKeys }: PackedPart): Buffer {
  const writer = tlvWriter()
  if (sessionPolicy !== undefined) writer.text(FIELD.policy, sessionPolicy)
  if (sessionPolicyArns.length > 0) writer.bytes(FIELD.policyArns, renderTexts(sessionPolicyArns))
  if (tags.size > 0) writer.bytes(FIELD.tags, renderTexts([...tags].flat()))
  if (transitiveTagKeys.length > 0) writer.bytes(FIELD.transitiveTagKeys, renderTexts(transitiveTagKeys))
  return writer.finish()
}

/** What takes more room, by the length of what was given. */
export function largerOf({ sessionPolicy = '', sessionPolicyArns, tags }: PackedPart): SessionTooLargeError['of'] {
  const lengthOf = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0)
  return lengthOf([...tags].flat()) > lengthOf([sessionPolicy, ...sessionPolicyArns]) ? 'tags' : 'policy'
}

/** Undefined for bytes that `renderPackedPart` did not make. */
export function readPackedPart(bytes: Buffer, isDeflated: boolean): PackedPart | undefined {
  const plain = isDeflated ? inflated(bytes) : bytes
  const fields = plain === undefined ? undefined : readTlv(plain, KNOWN)
  if (fields === undefined) return undefined
  const sessionPolicy = fields.text(FIELD.policy)
  const textsOf = (tag: number) => readTexts(fields.bytes(tag) ?? Buffer.alloc(0))
  const sessionPolicyArns = textsOf(FIELD.policyArns)
  const tags = pairsOf(textsOf(FIELD.tags))
  const transitiveTagKeys = textsOf(FIELD.transitiveTagKeys)
  if (sessionPolicyArns === undefined || tags === undefined || transitiveTagKeys === undefined) return undefined
  return { ...(sessionPolicy === undefined ? {} : { sessionPolicy }), sessionPolicyArns, tags, transitiveTagKeys }
}

function pairsOf(texts: readonly string[] | undefined): ReadonlyMap<string, string> | undefined {
  if (texts === undefined || texts.length % 2 !== 0) return undefined
  const pairs = new Map<string, string>()
  for (let at = 0; at < texts.length; at += 2) pairs.set(texts[at] ?? '', texts[at + 1] ?? '')
  return pairs
}

function inflated(bytes: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: UNPACKED_ROOM_BYTES })
  } catch {
    // No deflate stream, or one that grows beyond the room: neither is ours.
    return undefined
  }
}
