import type { ServiceAccountRef } from '../../core/index.ts'
import type { CallIam } from '../../io/aws/index.ts'

/** What a service account is to get. */
export interface BindWish {
  readonly serviceAccount: ServiceAccountRef
  /** Default: `irsa-NAMESPACE-NAME`, cut to what IAM takes. Left alone unless it is the service account's own. */
  readonly roleName?: string
  /** Path of the role that is made; default `/`. */
  readonly rolePath?: string
  /** Instead: a role that exists and is only named in the annotation; nothing of it is changed. */
  readonly roleArn?: string
  readonly policyArns: readonly string[]
  readonly inlinePolicies: readonly InlinePolicy[]
  /** Policies of the role that are not named here: left alone unless said otherwise. */
  readonly others?: 'keep' | 'detach'
  readonly permissionsBoundary?: string
  /** Default: AWS STS, as the partition calls it. */
  readonly audience?: string
}

export interface InlinePolicy {
  readonly name: string
  /** JSON. */
  readonly text: string
}

/** In this order, also when they are taken back (from the last on). */
export type Phase = 'provider' | 'role' | 'trust-policy' | 'policies' | 'annotation'

export interface Step {
  readonly phase: Phase
  /** `none`: it is there already, or is left as it is. */
  readonly action: 'create' | 'update' | 'remove' | 'none'
  readonly what: string
  /** Absent for `none`. */
  readonly apply?: () => Promise<void>
}

export interface Plan {
  readonly serviceAccount: ServiceAccountRef
  readonly issuer: string
  readonly providerArn: string
  readonly roleArn: string
  readonly steps: readonly Step[]
}

/** What IAM is asked and told here. */
export type IamOperation =
  | 'GetOpenIDConnectProvider'
  | 'CreateOpenIDConnectProvider'
  | 'AddClientIDToOpenIDConnectProvider'
  | 'GetRole'
  | 'ListRoles'
  | 'CreateRole'
  | 'DeleteRole'
  | 'UpdateAssumeRolePolicy'
  | 'ListAttachedRolePolicies'
  | 'AttachRolePolicy'
  | 'DetachRolePolicy'
  | 'ListRolePolicies'
  | 'GetRolePolicy'
  | 'PutRolePolicy'
  | 'DeleteRolePolicy'

/** The cloud half: AWS, or an installation. */
export interface BindingCloud {
  readonly account: string
  readonly partition: string
  readonly call: CallIam<IamOperation>
}

export interface BoundAccount extends ServiceAccountRef {
  readonly annotations: Readonly<Record<string, string>>
}

/** The cluster half: a real cluster, or one of an installation. */
export interface BindingCluster {
  /** https URL. */
  readonly issuer: string
  find(ref: ServiceAccountRef): Promise<BoundAccount | undefined>
  list(namespace: string | undefined): Promise<readonly BoundAccount[]>
  /** Sets one annotation, or takes it away (undefined); all others stay. */
  annotate(ref: ServiceAccountRef, name: string, value: string | undefined): Promise<void>
  close(): Promise<void>
}

/** What the pod identity webhook gives pods their role by. */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn'
