/**
 * cluster/webhook: the pod identity webhook's judgement: which identity a pod has, and the JSON patch that gives it what belongs to it,
 * equal to the reference webhook's but where docs/reference/webhook-compatibility.md says otherwise.
 * It asks nobody, serves nothing and watches nothing: what is known about the service account comes in as an `IdentityLookup`.
 */
export {
  isReviewContentType,
  parseAdmissionReview,
  renderAdmissionResponse,
  WRONG_CONTENT_TYPE,
} from './admission-review.ts'
export { COMPATIBILITY_SWITCHES, type CompatibilitySwitch, findCompatibilitySwitch } from './compatibility.ts'
export { decideMutation, type Surroundings } from './decide-mutation.ts'
export {
  findConfigMapIdentity,
  type IdentityConfig,
  type ParsedIdentityConfig,
  parseIdentityConfig,
} from './identity-config.ts'
export type {
  AdmissionRequest,
  ConfigMapIdentity,
  IdentityLookup,
  JsonPatchOperation,
  MutationDecision,
  MutationReason,
  MutationWarning,
  ParsedReview,
  ReviewEnvelope,
  ServiceAccountLookup,
  WarningCode,
  WebhookSettings,
} from './model.ts'
export { CERTIFICATE_AUTHORITY_ANNOTATION } from './patch/certificate-authority.ts'
export { DEFAULT_WEBHOOK_SETTINGS } from './settings.ts'
