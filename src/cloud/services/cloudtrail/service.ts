import { type AccountId, ApiError, createRate } from '../../../core/index.ts'
import type { Trail } from '../../../io/trail/index.ts'
import { serviceModel } from '../../../standards/protocol/index.ts'
import type { Operation, Principal, Service } from '../../operation.ts'
import { refuseJson } from '../../refusal/index.ts'
import { rateExceeded } from './errors.ts'
import { type LookupEventsInput, lookupEvents } from './operations/lookup-events.ts'

export interface CloudTrailOptions {
  readonly trail: Trail
}

/** SPEC: "The rate of lookup requests is limited to two per second, per account, per Region." (LookupEvents) */
const LOOKUPS_PER_SECOND = 2

/** CloudTrail over the installation's own trail. */
export function createCloudTrail({ trail }: CloudTrailOptions): Service {
  const rate = createRate(LOOKUPS_PER_SECOND)
  const operations = {
    LookupEvents: {
      authenticate: { by: 'sigv4' },
      requires: async (_input, principal) => [
        { action: 'cloudtrail:LookupEvents', resource: '*', resourceAccount: accountOf(principal), onDeny: 'refuse' },
      ],
      perform: async (call, principal) => {
        const account = accountOf(principal)
        if (!rate.take(`${account}/${call.region}`, call.time)) throw rateExceeded()
        return await lookupEvents(trail, account, call)
      },
      trail: { category: 'Management', readOnly: true },
    } satisfies Operation<LookupEventsInput>,
  }
  return {
    name: 'cloudtrail',
    eventSource: 'cloudtrail.amazonaws.com',
    model: serviceModel('cloudtrail'),
    operations,
    refuse: refuseJson,
    maxBodyBytes: 256 * 1024,
  }
}

/** @throws ApiError for a caller without an account: the gateway lets no unsigned call come here */
function accountOf(principal: Principal): AccountId {
  if (principal.kind !== 'anonymous') return principal.account
  throw new ApiError('MissingAuthenticationTokenException', 400, 'Missing Authentication Token')
}
