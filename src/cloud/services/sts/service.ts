import { createRate } from '../../../core/index.ts'
import { serviceModel } from '../../../standards/protocol/index.ts'
import {
  type ApiCall,
  type Authentication,
  nothingAtAll,
  type Operation,
  type Principal,
  type Refusal,
  type Service,
} from '../../operation.ts'
import { type RefusedCall, refuseQuery } from '../../refusal/index.ts'
import { deniedOutright, rateExceeded } from './errors.ts'
import type { AssumeRoleInput, AssumeRoleWithWebIdentityInput, StsOptions } from './model.ts'
import { assumeRole, requiredBySigner } from './operations/assume-role.ts'
import { assumeRoleWithWebIdentity, requiredByToken, tokenOfInput } from './operations/assume-role-with-web-identity.ts'
import {
  type DecodeAuthorizationMessageInput,
  decodeAuthorizationMessage,
} from './operations/decode-authorization-message.ts'
import { type GetAccessKeyInfoInput, getAccessKeyInfo } from './operations/get-access-key-info.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'
import { signerOf } from './principals.ts'
import { tokenRefused } from './token-words.ts'
import { assumeRoleTrail, assumeRoleWithWebIdentityTrail, readingTrail, withRequestDetails } from './trail.ts'

const signed: Authentication = { by: 'sigv4' }
const MAX_BODY_BYTES = 64 * 1024

/** STS: a role and a proof in, temporary credentials out. Its other operations are answered by the gateway: authorised, then NotImplemented. */
export function createSts(options: StsOptions): Service {
  const checkRate = rateCheck(options.ratePerSecond)
  const operations = {
    AssumeRoleWithWebIdentity: {
      authenticate: { by: 'web-identity', token: tokenOfInput },
      requires: async (input, principal) => requiredByToken(options, input, principal),
      perform: (call, principal, judged) => assumeRoleWithWebIdentity(options, call, { principal, judged }),
      trail: assumeRoleWithWebIdentityTrail,
    } satisfies Operation<AssumeRoleWithWebIdentityInput>,
    AssumeRole: {
      authenticate: signed,
      requires: async (input, principal) => requiredBySigner(options, input, principal),
      perform: (call, principal, judged) => assumeRole(options, call, { principal, judged }),
      trail: assumeRoleTrail,
    } satisfies Operation<AssumeRoleInput>,
    GetCallerIdentity: {
      authenticate: signed,
      // SPEC: "No permissions are required to perform this operation", and no policy can deny it.
      requires: nothingAtAll,
      perform: (_call, principal) => getCallerIdentity(principal),
      trail: readingTrail,
    } satisfies Operation<Record<string, never>>,
    GetAccessKeyInfo: {
      authenticate: signed,
      requires: async (_input, principal) => [
        {
          action: 'sts:GetAccessKeyInfo',
          resource: '*',
          resourceAccount: signerOf(principal).account,
          onDeny: 'refuse',
        },
      ],
      perform: (call) => getAccessKeyInfo(options, call),
      trail: { category: 'Management', readOnly: true },
    } satisfies Operation<GetAccessKeyInfoInput>,
    DecodeAuthorizationMessage: {
      authenticate: signed,
      requires: async (_input, principal) => [
        {
          action: 'sts:DecodeAuthorizationMessage',
          resource: '*',
          resourceAccount: signerOf(principal).account,
          onDeny: 'refuse',
        },
      ],
      perform: (call, principal) => decodeAuthorizationMessage(options, call, principal),
      trail: { category: 'Management', readOnly: true },
    } satisfies Operation<DecodeAuthorizationMessageInput>,
  }
  return {
    name: 'sts',
    eventSource: 'sts.amazonaws.com',
    model: serviceModel('sts'),
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, row]: [string, Operation]) => [
        name,
        withRequestDetails(limited(row, checkRate)),
      ]),
    ),
    refuse,
    maxBodyBytes: MAX_BODY_BYTES,
  }
}

type RateCheck = (call: ApiCall, principal: Principal) => void

function rateCheck(perSecond: number | undefined): RateCheck {
  if (perSecond === undefined) return () => undefined
  const rate = createRate(perSecond)
  return (call, principal) => {
    // By account alone: the region is what a caller wrote into its signature.
    const account = principal.kind === 'anonymous' ? '' : principal.account
    if (!rate.take(account, call.time)) throw rateExceeded()
  }
}

function limited(row: Operation, check: RateCheck): Operation {
  return {
    ...row,
    // Before anything is judged: whoever is refused counts too.
    requires: async (input, principal, call) => {
      check(call, principal)
      return await row.requires(input, principal, call)
    },
  }
}

function refuse(refusal: Refusal, call: RefusedCall) {
  if (refusal.kind === 'token') return tokenRefused(refusal.error)
  if (refusal.kind === 'denial') {
    const { principal, judged } = refusal
    const { action, resource, resourceAccount } = judged.requirement
    const isSigned = principal.kind === 'assumed-role' || principal.kind === 'iam-user'
    if (isSigned && principal.account !== resourceAccount) return deniedOutright(principal.arn, action, resource)
  }
  return refuseQuery(refusal, call)
}
