import {
  type AccountId,
  type Arn,
  type Clock,
  type Partition,
  type Randomness,
  StoreError,
} from '../../../core/index.ts'
import { iamArn } from '../arns.ts'
import type { IdentityLookup } from '../model.ts'
import type { Drafts } from '../nouns.ts'

/** What every change works with. */
export interface Workshop {
  readonly drafts: Drafts
  readonly lookup: IdentityLookup
  readonly partition: Partition
  readonly clock: Clock
  readonly randomness: Randomness
}

export function arnIn({ partition }: Workshop, account: AccountId, resource: string): Arn {
  return iamArn({ partition, account }, resource)
}

/** @throws StoreError `conflict` when there is such a thing already */
export function mustBeFree(there: unknown, what: string): void {
  if (there !== undefined) throw new StoreError('conflict', `${what} is there already`)
}

/** The thing as it is now: what the caller holds may be older. @throws StoreError `not-found` */
export function mustExist<T>(there: T | undefined, what: string): T {
  if (there === undefined) throw new StoreError('not-found', `${what} does not exist`)
  return there
}
