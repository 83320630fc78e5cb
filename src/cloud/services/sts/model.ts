import type { PolicyType, Statement } from '../../../standards/policy/index.ts'
import type { IdentityReader } from '../../identity/index.ts'
import type { ContextValue } from '../../operation.ts'
import type { Sessions } from '../../session/index.ts'

export interface StsOptions {
  readonly identity: Pick<IdentityReader, 'findRoleByArn' | 'findManagedPolicy' | 'findAccessKey'>
  readonly sessions: Pick<Sessions, 'issue'>
  /** Most requests a second for each account; undefined is no limit. */
  readonly ratePerSecond: number | undefined
  /** The kept story of a refused call, by its id. */
  readonly findDenial: (id: string) => Promise<KeptDenial | undefined>
}

/** A refused call, as far as this service looks into it; whoever may see it gets the whole record. */
export interface KeptDenial {
  /** Of the caller; missing when nobody was proven. */
  readonly account?: string
  readonly resourceAccount?: string
  /** The cause's, such as `explicit-deny`. */
  readonly name: string
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly region: string
  readonly sourceIp: string
  /** Those that denied, or came near. */
  readonly statements?: readonly KeptStatement[]
  readonly context?: readonly ContextValue[]
}

export interface KeptStatement extends Statement {
  readonly policyType: PolicyType
  readonly matches: boolean
}

/** What every way to a role may be narrowed by. */
export interface SessionInput {
  readonly RoleArn: string
  readonly RoleSessionName: string
  readonly Policy?: string
  readonly PolicyArns?: readonly { readonly arn?: string }[]
  readonly DurationSeconds?: number
  readonly MinimumSessionTokenSize?: number
}

export interface AssumeRoleWithWebIdentityInput extends SessionInput {
  readonly WebIdentityToken: string
  readonly ProviderId?: string
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

export interface AssumeRoleInput extends SessionInput {
  readonly Tags?: readonly Tag[]
  readonly TransitiveTagKeys?: readonly string[]
  readonly ExternalId?: string
  readonly SerialNumber?: string
  readonly TokenCode?: string
  readonly SourceIdentity?: string
  readonly ProvidedContexts?: readonly unknown[]
}

/** What a caller, or its token, sets on the session beside its name. */
export interface Labels {
  readonly tags: ReadonlyMap<string, string>
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity?: string | undefined
}
