import type { AccountId } from '../../core/index.ts'
import type { Asker } from '../operation.ts'
import type { Organization, OrganizationPolicies } from '../organization/index.ts'

type KeyValue = string | readonly string[] | undefined

interface Sides {
  readonly asker: Asker
  /** For which account a service acts. */
  readonly sourceAccount?: AccountId | undefined
  readonly resourceAccount: AccountId
}

/**
 * A context key that says to which organization the caller or the resource belongs; `key` is in lower case.
 * SPEC: only callers with an account have the former: a token that is being exchanged belongs to none. A service has those of the
 * account that it acts for, under names of their own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function findOrganizationKey(organization: Organization | undefined, sides: Sides, key: string): KeyValue {
  if (organization === undefined) return undefined
  const row = KEYS.get(key)
  const account = row?.accountOf(sides)
  const place = account === undefined ? undefined : organization.policiesOf(account)
  return place === undefined ? undefined : row?.valueOf(place)
}

interface Row {
  readonly accountOf: (sides: Sides) => AccountId | undefined
  readonly valueOf: (place: OrganizationPolicies) => KeyValue
}

const ofPrincipal = ({ asker: principal }: Sides): AccountId | undefined =>
  principal.kind === 'iam-user' || principal.kind === 'assumed-role' ? principal.account : undefined
const ofSource = ({ asker, sourceAccount }: Sides): AccountId | undefined =>
  asker.kind === 'service' ? sourceAccount : undefined
const ofResource = ({ resourceAccount }: Sides): AccountId => resourceAccount
const idOf = ({ organizationId }: OrganizationPolicies): KeyValue => organizationId
const pathsOf = ({ paths }: OrganizationPolicies): KeyValue => paths

const KEYS = new Map<string, Row>([
  ['aws:principalorgid', { accountOf: ofPrincipal, valueOf: idOf }],
  ['aws:principalorgpaths', { accountOf: ofPrincipal, valueOf: pathsOf }],
  ['aws:sourceorgid', { accountOf: ofSource, valueOf: idOf }],
  ['aws:sourceorgpaths', { accountOf: ofSource, valueOf: pathsOf }],
  ['aws:resourceorgid', { accountOf: ofResource, valueOf: idOf }],
  ['aws:resourceorgpaths', { accountOf: ofResource, valueOf: pathsOf }],
])
