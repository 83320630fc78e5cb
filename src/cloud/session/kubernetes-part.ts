import type { AssumedRoleSession } from './model.ts'
import type { TlvFields, TlvWriter } from './tlv.ts'

/** What the token said of the pod it was projected into; kept for the record, it decides nothing. */
export type KubernetesPart = NonNullable<NonNullable<AssumedRoleSession['webIdentity']>['kubernetes']>

// TWIN: plaintext.ts keeps the tags below 0x20.
const FIELD = {
  namespace: 0x20,
  serviceAccount: 0x21,
  serviceAccountUid: 0x22,
  pod: 0x23,
  podUid: 0x24,
  node: 0x25,
} as const satisfies Record<keyof KubernetesPart, number>

/** Namespace and service account are those of the subject; also there when nothing else is. */
const NAMES_OF_SUBJECT = 0x26
const NOTHING = Buffer.alloc(0)

type Name = keyof KubernetesPart
const NAMES = Object.keys(FIELD) as readonly Name[]
const OTHER_NAMES = NAMES.filter((name) => name !== 'namespace' && name !== 'serviceAccount')

export function writeKubernetes(writer: TlvWriter, part: KubernetesPart, subject: string): void {
  const isOfSubject = areNamesOf(subject, part)
  if (isOfSubject) writer.bytes(NAMES_OF_SUBJECT, NOTHING)
  for (const name of isOfSubject ? OTHER_NAMES : NAMES) {
    const value = part[name]
    if (value !== undefined) writer.bytes(FIELD[name], renderName(value))
  }
}

export function readKubernetes(fields: TlvFields, subject: string): KubernetesPart | undefined {
  const named = fields.bytes(NAMES_OF_SUBJECT) === undefined ? undefined : namesIn(subject)
  const others = NAMES.flatMap((name) => {
    const bytes = fields.bytes(FIELD[name])
    return bytes === undefined ? [] : [[name, readName(bytes)] as const]
  })
  if (named === undefined && others.length === 0) return undefined
  return { ...named, ...Object.fromEntries(others) }
}

/** As `namesIn` would say. */
function areNamesOf(subject: string, { namespace, serviceAccount }: KubernetesPart): boolean {
  if (namespace === undefined || serviceAccount === undefined) return false
  if (namespace.includes(':') || serviceAccount.includes(':')) return false
  return subject === `system:serviceaccount:${namespace}:${serviceAccount}`
}

/** Of `system:serviceaccount:<namespace>:<name>`. */
function namesIn(subject: string): { readonly namespace: string; readonly serviceAccount: string } | undefined {
  const [system, kind, namespace, serviceAccount, ...more] = subject.split(':')
  if (system !== 'system' || kind !== 'serviceaccount' || more.length > 0) return undefined
  return namespace === undefined || serviceAccount === undefined ? undefined : { namespace, serviceAccount }
}

/** The first byte: what follows is a text, or a UUID in its 16 bytes. */
const AS_TEXT = 0
const AS_UUID = 1
const UUID_BYTES = 16
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function renderName(name: string): Buffer {
  if (!UUID.test(name)) return Buffer.from(String.fromCharCode(AS_TEXT) + name, 'utf8')
  const bytes = Buffer.allocUnsafe(1 + UUID_BYTES)
  bytes[0] = AS_UUID
  bytes.write(name.replaceAll('-', ''), 1, 'hex')
  return bytes
}

function readName(bytes: Buffer): string {
  if (bytes[0] === AS_TEXT) return bytes.toString('utf8', 1)
  const hex = bytes.toString('hex', 1)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
