/**
 * io/aws: calls of AWS's APIs to an installation: signed as its administrator, or with a service account's token; what a tool does over AWS's own wire.
 * It knows no operation by itself and judges no answer.
 */
export { type AdministratorCalls, createAdministratorCalls, type S3Request } from './administrator-calls.ts'
export {
  type ExchangedCredentials,
  ExchangeRefusedError,
  exchangeToken,
  type TokenExchange,
} from './exchange-token.ts'
export type { AwsAnswer } from './wire.ts'
