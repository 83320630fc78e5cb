/**
 * io/aws: calls of AWS's APIs to an installation: signed as its administrator, or with a service account's token; what a tool does over AWS's own wire.
 * and AWS itself through its SDK, which is brought when it is needed. It judges no answer.
 */
export { type AdministratorCalls, createAdministratorCalls, type S3Request } from './administrator-calls.ts'
export { assumeRoleForPodIdentity, CallerRefusedError, EksAuthError, type PodIdentityExchange } from './eks-auth.ts'
export {
  type ExchangedCredentials,
  ExchangeRefusedError,
  exchangeToken,
  type TokenExchange,
} from './exchange-token.ts'
export { createFresh, type Fresh } from './fresh.ts'
export {
  type CallIam,
  type IamAnswer,
  listAllOfIam,
  listOf,
  recordOf,
  tagsOf,
  textOf,
} from './iam-calls.ts'
export { findLiveAccount, liveIam } from './live-iam.ts'
export { localIam } from './local-iam.ts'
export { type ListAssociations, liveAssociations, localAssociations } from './pod-identity-associations.ts'
export { inSomeRegion, loadSdk, type SdkWanted } from './sdk.ts'
export type { AwsAnswer, Wire } from './wire.ts'
