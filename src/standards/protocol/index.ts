/**
 * protocol: AWS's wire protocols, server side: bytes to typed input, output and errors to bytes, for sts, iam, eks, cloudtrail and s3.
 * Pure functions over generated tables. It authenticates nothing, authorises nothing and knows no business rule of a service.
 */
export type {
  ProtocolName,
  QueryForm,
  RecognisedOperation,
  ServiceModel,
  ServiceName,
  WireAnswer,
} from './model.ts'
export { invalidAction, parseQueryForm } from './query-form.ts'
export { bucketOfHost } from './s3-route.ts'
export { isStreamingInput, serviceModel } from './service-model.ts'
