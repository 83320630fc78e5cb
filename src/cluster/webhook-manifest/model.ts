import type { NamespaceOrigin } from '../manifest/index.ts'

/** What the API server does with a pod when the webhook cannot be asked. */
export type FailurePolicy = 'Ignore' | 'Fail'

/** Who makes the serving certificate: the webhook itself, or cert-manager, which must be in the cluster then. */
export type CertificateKeeper = 'self' | 'cert-manager'

/** Whether running pods are looked through for what they lack, which needs the right to list pods. */
export type DriftWatch = 'on' | 'off'

/** Whether pods get container credentials (EKS Pod Identity): of the service accounts that a ConfigMap lists, or none. */
export type PodIdentitySource = 'none' | 'config-map'

export interface ManifestOptions {
  readonly namespace: string
  readonly namespaceOrigin: NamespaceOrigin
  /** Reference of the image, tag or digest included. */
  readonly image: string
  readonly failurePolicy: FailurePolicy
  readonly certificates: CertificateKeeper
  /** Pods of these namespaces are not shown to the webhook. */
  readonly excludedNamespaces: readonly string[]
  readonly drift: DriftWatch
  /** Whether identities are read from the ConfigMap `pod-identity-webhook` too, which needs the right to read it. */
  readonly identities: 'annotations' | 'annotations-and-config-map'
  readonly podIdentities: PodIdentitySource
  /** Certificate of an authority, PEM: what pods are to trust at the endpoint that is injected. */
  readonly endpointAuthority?: string
  /** Further arguments of `openirsa webhook serve`, each a whole word such as `--aws-default-region=eu-central-1`. */
  readonly settings: readonly string[]
}
