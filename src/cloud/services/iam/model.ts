import type { AccountId, Clock, Partition, Randomness, Region } from '../../../core/index.ts'
import type { Identity, LastUseReader, PolicyHolder } from '../../identity/index.ts'
import type { Operation, Principal } from '../../operation.ts'

/** Finds the thumbprint that a provider gets which is registered without one. */
export interface ThumbprintSource {
  /** @param issuerUrl with scheme. Answers undefined when the issuer cannot be reached; an issuer that we host ourselves needs no network. */
  find(issuerUrl: string): Promise<string | undefined>
  /** False for an issuer at a name of this very machine that nobody allowed: it could never be asked, and is not registered. */
  permits(issuerUrl: string): boolean
}

export interface IamOptions {
  readonly identity: Identity
  readonly uses: LastUseReader
  readonly thumbprints: ThumbprintSource
  readonly clock: Clock
  readonly randomness: Randomness
  readonly region: Region
}

/** What an operation works with. */
export type IamParts = Pick<IamOptions, 'identity' | 'uses' | 'thumbprints' | 'clock'>

export type Operations = Readonly<Record<string, Operation>>

/** Whose identities a call is about: the caller's own account. */
export interface Scope {
  readonly account: AccountId
  readonly partition: Partition
  readonly principal: Principal
}

/** A tag as the API writes it. */
export interface Tag {
  readonly Key: string
  readonly Value: string
}

export interface PageInput {
  readonly Marker?: string
  readonly MaxItems?: number
}

/** Roles and users are much alike to IAM: the same operations under other names. */
export interface HolderKind<Holder extends PolicyHolder = PolicyHolder> {
  /** As in `PutRolePolicy`. */
  readonly noun: string
  /** Input member that names one. */
  readonly nameMember: string
  /** As in its ARN. */
  readonly type: string
  /** Quota of characters of all its inline policies, whitespace not counted. */
  readonly inlineQuota: number
  /** @throws ApiError NoSuchEntity */
  get(identity: Pick<Identity, 'findRole' | 'findUser' | 'findGroup'>, account: AccountId, name: string): Holder
  find(
    identity: Pick<Identity, 'findRole' | 'findUser' | 'findGroup'>,
    account: AccountId,
    name: string,
  ): Holder | undefined
}
