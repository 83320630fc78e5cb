/**
 * io/aws: signed calls of AWS's APIs to an installation, as its administrator: what a tool does over AWS's own wire.
 * It knows no operation by itself and judges no answer.
 */
export {
  type AdministratorCalls,
  type AwsAnswer,
  createAdministratorCalls,
  type S3Request,
} from './administrator-calls.ts'
