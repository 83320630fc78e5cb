/**
 * core: the words everyone shares: names (ARN, account, service account), time, randomness, secrets, errors, strict JSON.
 * It imports nothing of the house, knows neither an AWS wire format nor the Kubernetes API, and reads no clock, disk or environment.
 */
export type { Complete } from './complete.ts'
export {
  ApiError,
  ConfigError,
  type ErrorDetails,
  OpenirsaError,
  PolicyError,
  SignatureError,
  type SignatureFacts,
  type SignatureReason,
  StoreError,
  TokenError,
  type TokenFacts,
  type TokenReason,
  UpstreamError,
} from './errors.ts'
export { type HttpHead, headerValue, type RawHeaders, splitTarget } from './http-message.ts'
export {
  type AccountId,
  type Arn,
  type ArnParts,
  dnsSuffixOf,
  isNamespaceName,
  isObjectName,
  type Partition,
  parseAccountId,
  parseArn,
  parseRegion,
  parseServiceAccountRef,
  partitionOf,
  type Region,
  renderArn,
  renderServiceAccountRef,
  type ServiceAccountRef,
  stsAudienceOf,
  subjectOf,
} from './names.ts'
export type { Randomness } from './randomness.ts'
export { createRate, type Rate } from './rate.ts'
export { Secret } from './secret.ts'
export {
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  StrictJsonError,
  type StrictJsonLimits,
} from './strict-json.ts'
export {
  type Clock,
  epochSeconds,
  type Instant,
  instant,
  instantOfEpochSeconds,
  plusSeconds,
  renderIsoSeconds,
  renderTrailTime,
  type Seconds,
  seconds,
} from './time.ts'
export { accountOfUniqueId, mintUniqueId, type UniqueIdPrefix } from './unique-id.ts'
