import type { ApiResult } from '../../../operation.ts'
import type { AssumedRoleSession } from '../../../session/index.ts'
import { holderOf, openSts, ROLE_ARN, roleOf, type StsUnderTest } from './sts-under-test.ts'

export const OPERATION = 'AssumeRoleWithWebIdentity'
export const NOT_AUTHORIZED = ['AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity']
/** Claims that a token may bring tags and a source identity in. */
export const TAGS = 'https://aws.amazon.com/tags'
export const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity'

type Members = Record<string, unknown>

/** An input of AssumeRoleWithWebIdentity; what is left out is the usual. */
export const inputOf = (more: Members = {}): Members => ({
  RoleArn: ROLE_ARN,
  RoleSessionName: 'shop.orders-0a1b2c3d',
  WebIdentityToken: 'eyJ.secret-of-the-test.sig',
  ...more,
})

export interface Exchange {
  readonly sts: StsUnderTest
  exchange(more?: Members, claims?: Members): Promise<ApiResult>
  /** The session that came of it. */
  sessionOf(more?: Members, claims?: Members): Promise<AssumedRoleSession>
}

/** STS with one role that lets the pod in, and the pod's token. */
export function openExchange(): Exchange {
  const sts = openSts()
  sts.world.roles.set(ROLE_ARN, roleOf())
  const exchange: Exchange['exchange'] = (more = {}, claims = {}) => sts.ask(OPERATION, inputOf(more), holderOf(claims))
  return {
    sts,
    exchange,
    sessionOf: async (more, claims) => {
      const { output } = await exchange(more, claims)
      const { AccessKeyId = '', SessionToken = '' } = output.Credentials as Record<string, string>
      return sts.sessions.open(SessionToken, AccessKeyId).session
    },
  }
}
