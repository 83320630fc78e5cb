import type { JsonObject, JsonValue, ServiceAccountRef } from '../../core/index.ts'
import type { CompatibilitySwitch } from './compatibility.ts'

/** What flags decide. `DEFAULT_WEBHOOK_SETTINGS` are the reference's defaults. */
export interface WebhookSettings {
  /** Domain of the annotations on service accounts and pods: `--annotation-prefix`. */
  readonly annotationDomain: string
  /** `--token-audience`; never empty. */
  readonly audience: string
  /** `--token-mount-path` */
  readonly mountPath: string
  /** `--token-expiration`, brought into 600 … 86400 where it is used. */
  readonly tokenExpirationSeconds: number
  /** `--aws-default-region`; undefined or empty: no region is injected. */
  readonly region?: string | undefined
  /** `--sts-regional-endpoint` */
  readonly usesRegionalSts: boolean
  /** `--compose-role-arn`: whose roles the names are that stand where an ARN belongs. */
  readonly composeRoleArn?: RoleHome | undefined
  readonly containerCredentials: ContainerCredentialsSettings
  /** Sends pods that have an identity to an AWS endpoint of one's own. */
  readonly endpoint?: EndpointSettings | undefined
  /** What happens to a pod whose identity cannot be decided: let through with a warning, or refused. */
  readonly failurePolicy: 'Ignore' | 'Fail'
  /** Each one restores one behaviour of the reference webhook. */
  readonly compatibility: ReadonlySet<CompatibilitySwitch>
}

export interface RoleHome {
  readonly partition: string
  readonly account: string
}

/** `--container-credentials-*` */
export interface ContainerCredentialsSettings {
  readonly audience: string
  readonly mountPath: string
  readonly volumeName: string
  readonly tokenPath: string
  readonly fullUri: string
}

export interface EndpointSettings {
  /** `AWS_ENDPOINT_URL`: every service. */
  readonly url?: string | undefined
  /** `AWS_ENDPOINT_URL_STS`: only STS. */
  readonly stsUrl?: string | undefined
  /** Certificates in PEM that the endpoint's own is checked with: `AWS_CA_BUNDLE` and `NODE_EXTRA_CA_CERTS`. */
  readonly certificateAuthorityPem?: string | undefined
}

/** What the caller found out about a pod's identity. The decision itself asks nobody. */
export interface IdentityLookup {
  readonly serviceAccount: ServiceAccountLookup
  /** The entry that `findConfigMapIdentity` found, in ConfigMap mode. */
  readonly configMap?: ConfigMapIdentity | undefined
  /** Is the service account listed in the container credentials file? */
  readonly containerCredentials: 'listed' | 'unlisted'
}

export type ServiceAccountLookup =
  | { readonly outcome: 'found'; readonly annotations: Readonly<Record<string, string>> }
  /** The API server says that there is none of this name. */
  | { readonly outcome: 'unknown' }
  /** It was asked and gave no answer; `why` is for people. */
  | { readonly outcome: 'unreadable'; readonly why: string }
  /** Nothing is known yet, and it could not be asked. */
  | { readonly outcome: 'unsynced' }

/** One entry of the ConfigMap, as it was written there. */
export interface ConfigMapIdentity {
  /** `NAMESPACE/NAME`; a star for the namespace stands for all of them. */
  readonly key: string
  readonly roleArn: string
  readonly audience: string
  readonly usesRegionalSts: boolean
  /** 0: what the flag says. */
  readonly tokenExpirationSeconds: number
}

/** RFC 6902; the API server applies them in their order. */
export interface JsonPatchOperation {
  readonly op: 'add'
  readonly path: string
  readonly value: JsonValue
}

/** Why the answer is what it is; closed: metric label, audit annotation, doctor and console use the same words. */
export type MutationReason =
  /** Variables, mount or volume of a role were added. */
  | 'web-identity-injected'
  | 'container-credentials-injected'
  /** The pod has an identity and everything that belongs to it: it was mutated before, or its author did it. */
  | 'nothing-to-add'
  /** The service account names no role. */
  | 'no-role'
  /** The role's annotation is there and blank. */
  | 'blank-role'
  | 'service-account-unknown'
  | 'service-account-unreadable'
  | 'service-accounts-unsynced'
  /** The review, or the pod in it, is not what it must be. */
  | 'malformed'

/** What a warning is about; closed. */
export type WarningCode =
  | 'invalid-role-arn'
  | 'blank-role'
  | 'empty-audience'
  | 'invalid-expiration'
  | 'clamped-expiration'
  | 'invalid-regional-sts'
  | 'invalid-skip-containers'
  | 'half-set-group'
  | 'mount-path-taken'
  | 'volume-name-taken'
  | 'mounted-elsewhere'
  | 'certificate-authority-not-injected'
  | 'undecidable-identity'

export interface MutationWarning {
  readonly code: WarningCode
  /** One line, short, nothing secret in it. */
  readonly text: string
}

export interface MutationDecision {
  readonly allowed: boolean
  readonly reason: MutationReason
  /** Why it is refused; set when `allowed` is false. */
  readonly message?: string | undefined
  /** Empty: the answer carries no patch. */
  readonly operations: readonly JsonPatchOperation[]
  readonly warnings: readonly MutationWarning[]
  /** Keys without the webhook's name: the API server puts it in front. */
  readonly auditAnnotations: Readonly<Record<string, string>>
  /** Which kind of identity the pod has, whether or not something was missing: label of the reference's pod counter. */
  readonly method?: 'sts_web_identity' | 'container_credentials' | undefined
}

/** What an answer repeats from its review. */
export interface ReviewEnvelope {
  /** `admission.k8s.io/v1` or `…/v1beta1`; undefined when the review had none: the answer has none either. */
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly uid: string
}

export interface AdmissionRequest {
  readonly envelope: ReviewEnvelope
  readonly namespace: string
  /** As it came; only what is needed was looked at. */
  readonly pod: JsonObject
  /** Undefined when the pod names none: the API server fills `default` in before webhooks are called. */
  readonly serviceAccount?: ServiceAccountRef | undefined
  readonly isDryRun: boolean
}

export type ParsedReview =
  | { readonly outcome: 'parsed'; readonly request: AdmissionRequest }
  /** `decision` refuses it and says why. */
  | { readonly outcome: 'malformed'; readonly envelope: ReviewEnvelope; readonly decision: MutationDecision }
