import type { NamespaceOrigin } from '../manifest/index.ts'

export interface AgentManifestOptions {
  readonly namespace: string
  readonly namespaceOrigin: NamespaceOrigin
  /** Reference of the image, tag or digest included. */
  readonly image: string
  /** As EKS calls it. */
  readonly clusterName: string
  /** Of the agent itself: it may ask for pods' credentials, and trusts the agent's service account. */
  readonly roleArn: string
  readonly region: string
  /** Of EKS Auth and STS, https; undefined: those of AWS. */
  readonly endpoint: string | undefined
  /** Certificate of an authority, PEM: what the agent is to trust at the endpoint. */
  readonly endpointAuthority: string | undefined
}
