import { createHash } from 'node:crypto'
import type { AccountId } from '../../../core/index.ts'

/** The account as S3 writes owners: by a canonical user id of 64 hex digits, always the same for an account. */
export function renderOwner(account: AccountId): { readonly ID: string } {
  return { ID: createHash('sha256').update(`canonical user of ${account}`).digest('hex') }
}
