import { type Randomness, type Region, renderIsoSeconds } from '../../core/index.ts'
import type { TrailRecord } from '../../io/trail/index.ts'
import type { ApiResult, FurtherEvent } from '../operation.ts'
import type { Journey } from './model.ts'
import { renderAsker } from './user-identity.ts'

/** Calls that a service made of others on the way: each is an event of its own, in the trail of its account. */
export function furtherRecordsOf(
  { arrival, call }: Journey,
  { further = [] }: ApiResult,
  home: { readonly region: Region; readonly randomness: Randomness },
): readonly TrailRecord[] {
  const region = call?.region ?? home.region
  return further.map((event) => {
    const ids = { eventId: home.randomness.uuid(), requestId: home.randomness.uuid() }
    return recordOf(event, { ...ids, region, time: arrival.time })
  })
}

type Circumstances = Pick<TrailRecord, 'eventId' | 'requestId' | 'time'> & { readonly region: Region }

/** SPEC: as the records of roles that EKS assumes for pods: the service stands for address and client, and there is no connection to tell of. */
function recordOf(further: FurtherEvent, { eventId, requestId, time, region }: Circumstances): TrailRecord {
  const { by, through, account, eventSource, eventName, resources, foundBy = [] } = further
  return {
    eventId,
    requestId,
    time,
    account,
    region,
    eventName,
    eventSource,
    readOnly: true,
    category: 'Management',
    resources: [...foundBy, ...resources.map(({ type, arn }) => ({ type, name: arn }))],
    event: {
      eventVersion: '1.08',
      userIdentity: renderAsker(by, through),
      eventTime: renderIsoSeconds(time),
      eventSource,
      eventName,
      awsRegion: region,
      sourceIPAddress: through,
      userAgent: through,
      requestParameters: further.requestParameters,
      responseElements: further.responseElements,
      requestID: requestId,
      eventID: eventId,
      readOnly: true,
      resources: resources.map(({ type, arn, account: accountId }) => ({ accountId, type, ARN: arn })),
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: 'Management',
    },
  }
}
