import {
  type AccountId,
  type Instant,
  instant,
  instantOfEpochSeconds,
  type Partition,
  parseAccountId,
} from '../../core/index.ts'
import { accessKeyIdOf } from './access-key-id.ts'
import { SessionTooLargeError } from './errors.ts'
import { readKubernetes, writeKubernetes } from './kubernetes-part.ts'
import type { AssumedRoleSession } from './model.ts'
import { largerOf, type PackedPart, readPackedPart, renderPackedPart } from './packed-part.ts'
import { readTexts, readTlv, renderTexts, type TlvFields, type TlvWriter, tlvWriter } from './tlv.ts'

/** With seal and base64 this makes a token of 4,064 characters: what headers and presigned URLs bear. */
export const PLAINTEXT_ROOM_BYTES = 3_000

// TWIN: `FIELD` of kubernetes-part.ts takes 0x20 to 0x2f. A tag is never used for anything else again.
const FIELD = {
  kind: 0x01,
  sessionId: 0x02,
  partition: 0x03,
  account: 0x04,
  roleUniqueId: 0x05,
  rolePath: 0x06,
  roleName: 0x07,
  sessionName: 0x08,
  issuedAt: 0x09,
  lifetimeSeconds: 0x0a,
  sourceIdentity: 0x0b,
  chainDepth: 0x0c,
  parentAccessKeyId: 0x0d,
  packed: 0x0e,
  deflated: 0x0f,
  issuer: 0x10,
  providerArn: 0x11,
  subject: 0x12,
  audience: 0x13,
  methods: 0x14,
  tokenId: 0x15,
} as const

const KNOWN: ReadonlySet<number> = new Set([
  ...Object.values(FIELD),
  ...Array.from({ length: 16 }, (_, at) => 0x20 + at),
])

// Places in these lists are what is sealed: only ever append.
const KINDS = ['web-identity', 'assume-role'] as const satisfies readonly AssumedRoleSession['kind'][]
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const satisfies readonly Partition[]

/** What is usual and therefore left out. */
const USUAL = { partition: 'aws', rolePath: '/', audience: 'sts.amazonaws.com', chainDepth: 0 } as const

export interface Plaintext {
  readonly bytes: Buffer
  readonly packedPolicySizePercent: number | undefined
}

/**
 * A session as the bytes that are sealed. The access key id follows from account and session id and is not among them.
 * @throws SessionTooLargeError
 */
export function renderPlaintext(session: AssumedRoleSession): Plaintext {
  const writer = tlvWriter()
  writer.number(FIELD.kind, KINDS.indexOf(session.kind))
  writer.bytes(FIELD.sessionId, Buffer.from(session.sessionId, 'hex'))
  if (session.partition !== USUAL.partition) writer.number(FIELD.partition, PARTITIONS.indexOf(session.partition))
  writer.number(FIELD.account, Number(session.account))
  writer.text(FIELD.roleUniqueId, session.roleUniqueId)
  if (session.rolePath !== USUAL.rolePath) writer.text(FIELD.rolePath, session.rolePath)
  writer.text(FIELD.roleName, session.roleName)
  writer.text(FIELD.sessionName, session.sessionName)
  writer.number(FIELD.issuedAt, session.issuedAt)
  writer.number(FIELD.lifetimeSeconds, lifetimeSeconds(session))
  if (session.sourceIdentity !== undefined) writer.text(FIELD.sourceIdentity, session.sourceIdentity)
  if (session.chainDepth !== USUAL.chainDepth) writer.number(FIELD.chainDepth, session.chainDepth)
  if (session.parentAccessKeyId !== undefined) writer.text(FIELD.parentAccessKeyId, session.parentAccessKeyId)
  writeWebIdentity(writer, session)
  const packed = renderPackedPart(session)
  if (packed !== undefined) writer.bytes(packed.isDeflated ? FIELD.deflated : FIELD.packed, packed.bytes)
  const bytes = writer.finish()
  if (bytes.length > PLAINTEXT_ROOM_BYTES) {
    throw new SessionTooLargeError(Math.ceil((100 * bytes.length) / PLAINTEXT_ROOM_BYTES), largerOf(session))
  }
  return { bytes, packedPolicySizePercent: packed?.percent }
}

/** From the second of issue, since sessions end at whole seconds. */
function lifetimeSeconds({ issuedAt, expiresAt }: AssumedRoleSession): number {
  return expiresAt / 1000 - Math.floor(issuedAt / 1000)
}

function writeWebIdentity(writer: TlvWriter, session: AssumedRoleSession): void {
  const { webIdentity } = session
  if (webIdentity === undefined) return
  const { issuerHostPath, providerArn, subject, audience, methods, tokenId, kubernetes } = webIdentity
  writer.text(FIELD.issuer, issuerHostPath)
  if (providerArn !== usualProviderArn(session, issuerHostPath)) writer.text(FIELD.providerArn, providerArn)
  writer.text(FIELD.subject, subject)
  if (audience !== USUAL.audience) writer.text(FIELD.audience, audience)
  if (methods !== undefined) writer.bytes(FIELD.methods, renderTexts(methods))
  if (tokenId !== undefined) writer.text(FIELD.tokenId, tokenId)
  if (kubernetes !== undefined) writeKubernetes(writer, kubernetes, subject)
}

interface Home {
  readonly partition: Partition
  readonly account: AccountId
}

function usualProviderArn({ partition, account }: Home, issuerHostPath: string): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${issuerHostPath}`
}

/** The session, or undefined for bytes that `renderPlaintext` did not make. */
export function readPlaintext(bytes: Buffer): AssumedRoleSession | undefined {
  const fields = readTlv(bytes, KNOWN)
  if (fields === undefined) return undefined
  const home = readHome(fields)
  const own = home === undefined ? undefined : readOwn(fields, home)
  const packed = readPacked(fields)
  const webIdentity = home === undefined ? undefined : readWebIdentity(fields, home)
  if (home === undefined || own === undefined || packed === undefined || webIdentity === undefined) return undefined
  return { ...home, ...own, ...webIdentity, ...packed }
}

function readHome(fields: TlvFields): Home | undefined {
  const partition =
    fields.bytes(FIELD.partition) === undefined ? USUAL.partition : PARTITIONS[fields.number(FIELD.partition) ?? -1]
  const account = parseAccountId(String(fields.number(FIELD.account) ?? '').padStart(12, '0'))
  return partition === undefined || account === undefined ? undefined : { partition, account }
}

type Own = Omit<AssumedRoleSession, keyof Home | keyof PackedPart | 'webIdentity'>

function readOwn(fields: TlvFields, { account }: Home): Own | undefined {
  const kind = KINDS[fields.number(FIELD.kind) ?? -1]
  const sessionId = fields.bytes(FIELD.sessionId)
  const roleUniqueId = fields.text(FIELD.roleUniqueId)
  const roleName = fields.text(FIELD.roleName)
  const sessionName = fields.text(FIELD.sessionName)
  const times = readTimes(fields)
  if (kind === undefined || sessionId?.length !== 16 || roleUniqueId === undefined) return undefined
  if (roleName === undefined || sessionName === undefined || times === undefined) return undefined
  const sourceIdentity = fields.text(FIELD.sourceIdentity)
  const parentAccessKeyId = fields.text(FIELD.parentAccessKeyId)
  return {
    kind,
    sessionId: sessionId.toString('hex'),
    accessKeyId: accessKeyIdOf(account, sessionId),
    roleUniqueId,
    rolePath: fields.text(FIELD.rolePath) ?? USUAL.rolePath,
    roleName,
    sessionName,
    ...times,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    chainDepth: fields.number(FIELD.chainDepth) ?? USUAL.chainDepth,
    ...(parentAccessKeyId === undefined ? {} : { parentAccessKeyId }),
  }
}

function readTimes(fields: TlvFields): { readonly issuedAt: Instant; readonly expiresAt: Instant } | undefined {
  const issuedAt = fields.number(FIELD.issuedAt)
  const lifetime = fields.number(FIELD.lifetimeSeconds)
  if (issuedAt === undefined || lifetime === undefined) return undefined
  return { issuedAt: instant(issuedAt), expiresAt: instantOfEpochSeconds(Math.floor(issuedAt / 1000) + lifetime) }
}

const NOTHING_PACKED: PackedPart = { sessionPolicyArns: [], tags: new Map(), transitiveTagKeys: [] }

function readPacked(fields: TlvFields): PackedPart | undefined {
  const plain = fields.bytes(FIELD.packed)
  const deflated = fields.bytes(FIELD.deflated)
  if (plain !== undefined && deflated !== undefined) return undefined
  if (deflated !== undefined) return readPackedPart(deflated, true)
  return plain === undefined ? NOTHING_PACKED : readPackedPart(plain, false)
}

/** An empty record for a session that no token began; undefined for bytes that are not ours. */
function readWebIdentity(fields: TlvFields, home: Home): Pick<AssumedRoleSession, 'webIdentity'> | undefined {
  const issuerHostPath = fields.text(FIELD.issuer)
  const subject = fields.text(FIELD.subject)
  if (issuerHostPath === undefined && subject === undefined) return {}
  if (issuerHostPath === undefined || subject === undefined) return undefined
  const methodBytes = fields.bytes(FIELD.methods)
  const methods = methodBytes === undefined ? undefined : readTexts(methodBytes)
  const tokenId = fields.text(FIELD.tokenId)
  const kubernetes = readKubernetes(fields, subject)
  return {
    webIdentity: {
      providerArn: fields.text(FIELD.providerArn) ?? usualProviderArn(home, issuerHostPath),
      issuerHostPath,
      subject,
      audience: fields.text(FIELD.audience) ?? USUAL.audience,
      ...(methods === undefined ? {} : { methods }),
      ...(tokenId === undefined ? {} : { tokenId }),
      ...(kubernetes === undefined ? {} : { kubernetes }),
    },
  }
}
