import { epochSeconds, headerValue, parseAccountId, renderIsoSeconds } from '../../core/index.ts'
import type { ContextKeys } from '../../standards/policy/index.ts'
import type { ApiCall, Asker, Requirement } from '../operation.ts'
import type { Organization } from '../organization/index.ts'
import { findOrganizationKey } from './organization-keys.ts'
import { findPrincipalKey } from './principal-keys.ts'

type KeyValue = string | readonly string[] | undefined

/** Keys of every request, in lower case. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const REQUEST_KEYS = new Map<string, (call: ApiCall, requirement: Requirement) => KeyValue>([
  ['aws:currenttime', ({ time }) => renderIsoSeconds(time)],
  ['aws:epochtime', ({ time }) => String(epochSeconds(time))],
  ['aws:securetransport', ({ origin }) => String(origin.isTls)],
  ['aws:sourceip', ({ origin }) => origin.sourceIp],
  ['aws:useragent', ({ origin }) => (origin.userAgent === '' ? undefined : origin.userAgent)],
  ['aws:referer', ({ headers }) => headerValue(headers, 'referer')],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:resourceaccount', (_call, { resourceAccount }) => resourceAccount],
  ['aws:viaawsservice', () => 'false'],
])

function sidesOf(asker: Asker, { resourceAccount, contextKeys }: Requirement) {
  const source = contextKeys?.['aws:SourceAccount']
  return { asker, resourceAccount, sourceAccount: typeof source === 'string' ? parseAccountId(source) : undefined }
}

/** Keys of the caller's connection. Who acts further on in the call does not come from there. */
const CALLERS_KEYS: ReadonlySet<string> = new Set(['aws:sourceip', 'aws:useragent', 'aws:referer'])

interface Asked {
  readonly call: ApiCall
  readonly asker: Asker
  readonly requirement: Requirement
}

function findRequestKey(key: string, { call, asker, requirement }: Asked): KeyValue {
  if (key === 'aws:principalisawsservice') return String(asker.kind === 'service')
  if (requirement.by !== undefined && CALLERS_KEYS.has(key)) return undefined
  return REQUEST_KEYS.get(key)?.(call, requirement)
}

/**
 * The context keys of one requirement; each is worked out when a policy asks for it.
 * INVARIANT: keys come from this room and the service's row alone: no header of a client names one.
 */
export function contextKeysOf(
  call: ApiCall,
  asker: Asker,
  {
    requirement,
    organization,
  }: { readonly requirement: Requirement; readonly organization?: Organization | undefined },
): ContextKeys {
  const own = ownKeys(requirement)
  const find = (key: string): KeyValue =>
    own?.get(key) ??
    findRequestKey(key, { call, asker, requirement }) ??
    findOrganizationKey(organization, sidesOf(asker, requirement), key) ??
    findPrincipalKey(asker, key)
  return { get: find }
}

function ownKeys({ contextKeys }: Requirement): ReadonlyMap<string, string | readonly string[]> | undefined {
  if (contextKeys === undefined) return undefined
  return new Map(Object.entries(contextKeys).map(([key, value]) => [key.toLowerCase(), value]))
}
