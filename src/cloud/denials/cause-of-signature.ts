import type { SignatureError, SignatureReason } from '../../core/index.ts'
import type { CauseName } from './causes.ts'
import type { Finding } from './finding.ts'

const NAMES = {
  missing: 'unsigned',
  incomplete: 'malformed-signature',
  malformed: 'malformed-signature',
  unsupported: 'malformed-signature',
  'scope-mismatch': 'wrong-scope',
  'skewed-clock': 'clock-skew',
  'request-expired': 'presigned-expired',
  'unsigned-header': 'unsigned-header',
  'payload-mismatch': 'payload-mismatch',
  mismatch: 'signature-mismatch',
  'unknown-key': 'unknown-access-key',
  'inactive-key': 'inactive-access-key',
  'session-expired': 'session-expired',
  'session-unopenable': 'session-token',
  'session-revoked': 'session-revoked',
} as const satisfies Record<SignatureReason, CauseName>

/** Why a signature, or the credentials behind it, were refused. */
export function causeOfSignature({ reason, facts }: SignatureError): Finding {
  const name = NAMES[reason]
  if (reason === 'scope-mismatch') return { name, ...pair(facts.wanted, facts.found) }
  if (reason === 'skewed-clock' || reason === 'request-expired')
    return { name, ...pair(facts.judgedAt, facts.requestDate) }
  if (reason === 'unsigned-header' && facts.headers !== undefined) return { name, got: facts.headers }
  if (reason === 'unknown-key' || reason === 'inactive-key') return { name, ...pair(undefined, facts.accessKeyId) }
  return { name }
}

function pair(wanted: string | undefined, got: string | undefined): Pick<Finding, 'wanted' | 'got'> {
  return { ...(wanted === undefined ? {} : { wanted: [wanted] }), ...(got === undefined ? {} : { got: [got] }) }
}
