import { accountOfUniqueId, parseAccountId, parseArn } from '../../../core/index.ts'
import type { PolicyDocument, PrincipalEntry } from '../../../standards/policy/index.ts'
import type { Identity, IdentityChanges } from '../../identity/index.ts'
import { invalidPrincipal } from './errors.ts'

/**
 * SPEC: IAM saves no trust policy that names a role or user that does not exist. Accounts of others are beyond our sight: their
 * principals are taken as they are, and so is every other kind of principal of the partition.
 * @throws ApiError MalformedPolicyDocument
 */
export function checkTrustPrincipals(document: PolicyDocument, changes: IdentityChanges, identity: Identity): void {
  for (const { principals } of document.statements)
    for (const entry of principals?.entries ?? [])
      if (isOfAnotherPartition(entry, identity) || (entry.type === 'AWS' && !exists(entry, changes, identity)))
        throw invalidPrincipal(entry.type, entry.value)
}

/** SPEC: partitions share no accounts: nobody of another one can be named. */
function isOfAnotherPartition({ value }: PrincipalEntry, { partition }: Identity): boolean {
  const parts = parseArn(value)
  return parts !== undefined && parts.partition !== partition
}

const UNIQUE_ID = /^A(ROA|IDA)[A-Z0-9]{12,}$/

function exists({ value }: PrincipalEntry, changes: IdentityChanges, identity: Identity): boolean {
  if (UNIQUE_ID.test(value)) {
    const owner = accountOfUniqueId(value)
    const isOurs = owner !== undefined && identity.findAccount(owner) !== undefined
    return !isOurs || changes.findActorByUniqueId(value) !== undefined
  }
  const parts = parseArn(value)
  const account = parseAccountId(parts?.account ?? '')
  if (parts?.service !== 'iam' || account === undefined || identity.findAccount(account) === undefined) return true
  if (parts.resource.startsWith('role/')) return changes.findRoleByArn(value) !== undefined
  if (parts.resource.startsWith('user/')) return changes.findUserByArn(value) !== undefined
  return true
}
