import {
  type ConfigMapIdentity,
  DEFAULT_WEBHOOK_SETTINGS,
  findConfigMapIdentity,
  type IdentityLookup,
  parseIdentityConfig,
  type ServiceAccountLookup,
  type WebhookSettings,
} from '../../../src/cluster/webhook/index.ts'

/** Flags of the reference webhook, without their dashes. */
export type Flags = Readonly<Record<string, string | number | boolean>>

/** What stands in a cluster, as far as the webhook cares. */
export interface Cluster {
  readonly serviceAccount?: {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  } | null
  readonly containerCredentials?: {
    readonly identities: readonly { readonly namespace: string; readonly serviceAccount: string }[]
  } | null
  /** Text of the ConfigMap's `config`. */
  readonly configMap?: string | undefined
}

/** The settings that the flags mean. Throws for a flag that this does not know. */
export function settingsOf(flags: Flags): WebhookSettings {
  const settings = { ...DEFAULT_WEBHOOK_SETTINGS }
  const containerCredentials = { ...settings.containerCredentials }
  const setters: Record<string, (value: string) => void> = {
    'annotation-prefix': (value) => Object.assign(settings, { annotationDomain: value }),
    'aws-default-region': (value) => Object.assign(settings, { region: value }),
    'sts-regional-endpoint': (value) => Object.assign(settings, { usesRegionalSts: value === 'true' }),
    'token-audience': (value) => Object.assign(settings, { audience: value }),
    'token-expiration': (value) => Object.assign(settings, { tokenExpirationSeconds: Number(value) }),
    'token-mount-path': (value) => Object.assign(settings, { mountPath: value }),
    'container-credentials-audience': (value) => Object.assign(containerCredentials, { audience: value }),
    'container-credentials-full-uri': (value) => Object.assign(containerCredentials, { fullUri: value }),
    'container-credentials-token-mount-path': (value) => Object.assign(containerCredentials, { mountPath: value }),
    'container-credentials-token-path': (value) => Object.assign(containerCredentials, { tokenPath: value }),
    'container-credentials-token-volume-name': (value) => Object.assign(containerCredentials, { volumeName: value }),
  }
  for (const [name, value] of Object.entries(flags)) {
    const set = setters[name]
    if (set === undefined) throw new Error(`flag ${name} has no setting`)
    set(String(value))
  }
  return { ...settings, containerCredentials }
}

/** What a webhook that watches the cluster knows about the service account. */
export function lookUp(cluster: Cluster, namespace: string, name: string): IdentityLookup {
  const account = cluster.serviceAccount
  const serviceAccount: ServiceAccountLookup = account
    ? { outcome: 'found', annotations: account.metadata.annotations ?? {} }
    : { outcome: 'unknown' }
  const isListed = cluster.containerCredentials?.identities.some(
    (identity) => identity.namespace === namespace && identity.serviceAccount === name,
  )
  return {
    serviceAccount,
    configMap: findMapped(cluster.configMap, namespace, name),
    containerCredentials: isListed === true ? 'listed' : 'unlisted',
  }
}

function findMapped(text: string | undefined, namespace: string, name: string): ConfigMapIdentity | undefined {
  const config = text === undefined ? undefined : parseIdentityConfig(text, new Set()).identities
  return config && findConfigMapIdentity(config, { namespace, name })
}
