import { type AccountId, parseAccountId, parseArn } from '../../../core/index.ts'
import { iamArn } from '../../identity/index.ts'
import type { Operation, Principal, Requirement } from '../../operation.ts'
import { missingToken } from './errors.ts'
import type { IamParts, Scope } from './model.ts'
import { responseElements } from './trail.ts'

type Output = Readonly<Record<string, unknown>>

/** What is left to say of an operation: every call is signed, and is about the caller's own account. */
export interface Row<Input> {
  /** Answered before the call may do anything; looks, and changes nothing. */
  requires(input: Input, scope: Scope): readonly Requirement[]
  perform(input: Input, scope: Scope): Output | Promise<Output>
}

export function reading<Input>({ identity }: IamParts, row: Row<Input>): Operation<Input> {
  return { ...signed(identity.partition, row), trail: { category: 'Management', readOnly: true } }
}

export function writing<Input>({ identity }: IamParts, row: Row<Input>): Operation<Input> {
  return {
    ...signed(identity.partition, row),
    trail: { category: 'Management', readOnly: false, responseElements },
  }
}

function signed<Input>(partition: Scope['partition'], row: Row<Input>): Omit<Operation<Input>, 'trail'> {
  const scopeOf = (principal: Principal): Scope => ({ account: accountOf(principal), partition, principal })
  return {
    authenticate: { by: 'sigv4' },
    requires: async (input, principal) => row.requires(input, scopeOf(principal)),
    perform: async ({ input }, principal) => ({ output: { ...(await row.perform(input, scopeOf(principal))) } }),
  }
}

/** @throws ApiError for a caller without an account: the gateway lets no unsigned call come here */
function accountOf(principal: Principal): AccountId {
  if (principal.kind !== 'anonymous') return principal.account
  throw missingToken()
}

export type ContextKeys = NonNullable<Requirement['contextKeys']>

/** The caller must be allowed this on that resource. */
export function may(
  scope: Scope,
  action: string,
  on: { readonly arn: string; readonly keys?: ContextKeys },
): Requirement {
  return {
    action: `iam:${action}`,
    resource: on.arn,
    resourceAccount: ownerOf(on.arn) ?? scope.account,
    ...(on.keys === undefined ? {} : { contextKeys: on.keys }),
    onDeny: 'refuse',
  }
}

/** Policies that AWS manages (`arn:aws:iam::aws:…`) are in every account. */
function ownerOf(arn: string): AccountId | undefined {
  return parseAccountId(parseArn(arn)?.account ?? '')
}

/** ARN of something that has, or would have, this name. */
export function arnOf(
  scope: Scope,
  type: string,
  { path = '/', name }: { readonly path?: string | undefined; readonly name: string },
): string {
  return iamArn(scope, `${type}${path}${name}`)
}

/** SPEC: a list is asked for on the path that it is narrowed to: `arn:aws:iam::111122223333:role/`. */
export function listArn(scope: Scope, type: string, pathPrefix = '/'): string {
  return iamArn(scope, `${type}${pathPrefix}`)
}
