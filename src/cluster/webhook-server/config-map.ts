import type { Clock, ServiceAccountRef } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import { type Kube, type KubeObject, RESOURCES } from '../../io/kube/index.ts'
import {
  type CompatibilitySwitch,
  type ConfigMapIdentity,
  findConfigMapIdentity,
  type IdentityConfig,
  parseIdentityConfig,
} from '../webhook/index.ts'
import { statusOf } from './accounts.ts'
import type { SourceStatus } from './source-status.ts'

/** SPEC: the reference's name, not a flag. */
const CONFIG_MAP_NAME = 'pod-identity-webhook'
const CONFIG_KEY = 'config'

/** The ConfigMap that maps service accounts to roles, followed. */
export interface ConfigMapSource {
  find(ref: ServiceAccountRef): ConfigMapIdentity | undefined
  status(): SourceStatus
  close(): Promise<void>
}

export interface ConfigMapParts {
  readonly kube: Kube
  readonly namespace: string
  readonly compatibility: ReadonlySet<CompatibilitySwitch>
  readonly clock: Clock
  readonly log: Log
  readonly onWarnings: (count: number) => void
}

export function followConfigMap(parts: ConfigMapParts): ConfigMapSource {
  const { kube, namespace, clock, log } = parts
  let config: IdentityConfig = new Map()
  const take = (text: string | undefined): void => {
    // Deleted, or without the key: nobody has a role by it any more.
    const { identities, warnings } =
      text === undefined || text === ''
        ? { identities: new Map(), warnings: [] }
        : parseIdentityConfig(text, parts.compatibility)
    for (const warning of warnings)
      log.warn({ namespace, configMap: CONFIG_MAP_NAME, warning }, 'the ConfigMap has a fault')
    parts.onWarnings(warnings.length)
    if (identities === undefined) return
    config = identities
    log.info({ namespace, configMap: CONFIG_MAP_NAME, entries: config.size }, 'the ConfigMap was read')
  }
  const follower = kube.follow<string>(RESOURCES.configMaps, {
    namespace,
    fieldSelector: `metadata.name=${CONFIG_MAP_NAME}`,
    // An API server heeds the selector; a stand-in may not.
    keep: (object) => (object.metadata.name === CONFIG_MAP_NAME ? textOf(object) : undefined),
    onChange: ({ now }) => take(now),
  })
  return {
    find: (ref) => findConfigMapIdentity(config, ref),
    status: () => statusOf('config-map', follower.state(), clock),
    close: () => follower.close(),
  }
}

/** An empty text is a ConfigMap without the key. */
function textOf({ data }: KubeObject): string {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, CONFIG_KEY)) return ''
  const text = (data as Readonly<Record<string, unknown>>)[CONFIG_KEY]
  return typeof text === 'string' ? text : ''
}
