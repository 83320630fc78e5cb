import type { ApiCall, ApiResult, Principal } from '../../../operation.ts'
import { invalidAuthorizationMessage } from '../errors.ts'
import type { KeptDenial, StsOptions } from '../model.ts'
import { signerOf } from '../principals.ts'

export interface DecodeAuthorizationMessageInput {
  readonly EncodedMessage: string
}

/**
 * Why a call was refused, for callers who may know. The encoded message is the id that the refusal carried in
 * `x-openirsa-denial`: AWS has encoded messages in the refusals of EC2 alone, which is not here.
 * @throws ApiError InvalidAuthorizationMessageException
 */
export async function decodeAuthorizationMessage(
  { findDenial }: StsOptions,
  { input: { EncodedMessage } }: ApiCall<DecodeAuthorizationMessageInput>,
  principal: Principal,
): Promise<ApiResult> {
  const denial = DENIAL_ID.test(EncodedMessage) ? await findDenial(EncodedMessage) : undefined
  if (denial === undefined || !isWithin(signerOf(principal).account, denial)) throw invalidAuthorizationMessage()
  return { output: { DecodedMessage: JSON.stringify(render(denial)) } }
}

const DENIAL_ID = /^[a-z2-7]{16}$/

/**
 * INVARIANT: both sides are the asker's. The record tells what policies say, and those of the resource are its owner's
 * business. A token that was refused proved no account: then the one of the role counts.
 */
function isWithin(account: string, denial: KeptDenial): boolean {
  const sides = [denial.account, denial.resourceAccount].filter((side) => side !== undefined)
  return sides.length > 0 && sides.every((side) => side === account)
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
function render(denial: KeptDenial): Record<string, unknown> {
  const conditions: readonly (readonly [string, string])[] = [
    ['aws:SourceIp', denial.sourceIp],
    ['aws:RequestedRegion', denial.region],
    ...(denial.account === undefined ? [] : [['aws:PrincipalAccount', denial.account] as const]),
  ]
  const items = conditions.map(([key, value]) => ({ key, values: { items: [{ value }] } }))
  const { principal, action, resource } = denial
  return {
    allowed: false,
    explicitDeny: denial.name === 'explicit-deny',
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: principal.startsWith('arn:') ? { arn: principal } : { id: principal },
      action,
      resource,
      conditions: { items },
    },
    openirsa: denial,
  }
}
