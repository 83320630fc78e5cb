import {
  COMPATIBILITY_SWITCHES,
  type CompatibilitySwitch,
  findCompatibilitySwitch,
  type WebhookSettings,
} from '../../cluster/webhook/index.ts'
import type { WebhookServerOptions } from '../../cluster/webhook-server/index.ts'
import { parseTlsSettings } from '../../cluster/webhook-server/index.ts'
import type { PflagValues, webhookFlags } from '../../config/index.ts'
import { ConfigError } from '../../core/index.ts'

export type ServeFlags = PflagValues<typeof webhookFlags>

/** What is found out beside the flags before the webhook starts. */
export interface Found {
  /** Whose roles names are completed to; only with `--compose-role-arn`. */
  readonly roleHome?: WebhookSettings['composeRoleArn']
}

/** The settings of the judgement that the flags ask for. @throws ConfigError for what nobody can want */
export function settingsOf(flags: ServeFlags, { roleHome }: Found = {}): WebhookSettings {
  const endpoint = endpointOf(flags)
  return {
    annotationDomain: required(flags, 'annotation-prefix'),
    audience: required(flags, 'token-audience'),
    mountPath: required(flags, 'token-mount-path'),
    tokenExpirationSeconds: flags['token-expiration'],
    region: flags['aws-default-region'],
    usesRegionalSts: flags['sts-regional-endpoint'],
    ...(roleHome === undefined ? {} : { composeRoleArn: roleHome }),
    containerCredentials: {
      audience: required(flags, 'container-credentials-audience'),
      mountPath: required(flags, 'container-credentials-token-mount-path'),
      volumeName: required(flags, 'container-credentials-token-volume-name'),
      tokenPath: required(flags, 'container-credentials-token-path'),
      fullUri: required(flags, 'container-credentials-full-uri'),
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    failurePolicy: flags['failure-policy'] === 'Fail' ? 'Fail' : 'Ignore',
    compatibility: parseCompatibility(flags.compatibility),
  }
}

/** What the server does, by the flags. @throws ConfigError for TLS that this machine does not have */
export function serverOptionsOf(flags: ServeFlags, settings: WebhookSettings): WebhookServerOptions {
  return {
    settings,
    port: flags.port,
    metricsPort: flags['metrics-port'],
    address: textOf(flags['bind-address']),
    tls: parseTlsSettings(flags['tls-min-version'], flags['tls-cipher-suites']),
    configMapNamespace: flags['watch-config-map'] ? required(flags, 'namespace') : undefined,
    identitiesFile: textOf(flags['watch-container-credentials-config']),
    endpointAuthorityFile: textOf(flags['endpoint-ca']),
    lookupMilliseconds: flags['service-account-lookup-grace-period'],
    recheckMilliseconds: flags['service-account-recheck-period'],
    hasDebugPages: flags['enable-debugging-handlers'],
    shutdownDelayMilliseconds: flags['shutdown-delay'],
  }
}

/** Names with commas between them. */
export function parseCompatibility(text: string): ReadonlySet<CompatibilitySwitch> {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return new Set(
    names.map((name) => {
      const found = findCompatibilitySwitch(name)
      if (found !== undefined) return found
      throw new ConfigError(`--compatibility: there is no behaviour \`${name.slice(0, 60)}\``, {
        hint: `expected one of ${Object.keys(COMPATIBILITY_SWITCHES).join(', ')}`,
      })
    }),
  )
}

/** An empty audience or path would break every pod, and silently. */
function required(flags: ServeFlags, name: keyof ServeFlags & string): string {
  const value = flags[name]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new ConfigError(`--${name}: expected a value, found none`, { hint: 'leave the flag out for its default' })
}

function endpointOf(flags: ServeFlags): WebhookSettings['endpoint'] {
  const url = endpointUrl(flags, 'endpoint-url')
  const stsUrl = endpointUrl(flags, 'endpoint-url-sts')
  return url === undefined && stsUrl === undefined ? undefined : { url, stsUrl }
}

function endpointUrl(flags: ServeFlags, name: 'endpoint-url' | 'endpoint-url-sts'): string | undefined {
  const text = textOf(flags[name])
  if (text === undefined) return undefined
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (protocol === 'https:' || protocol === 'http:') return text
  throw new ConfigError(`--${name}: expected a URL of https or http, found \`${text.slice(0, 100)}\``)
}

const textOf = (text: string): string | undefined => (text === '' ? undefined : text)
