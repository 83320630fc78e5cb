import {
  createSelfManagedCertificates,
  type SelfManagedCertificates,
} from '../../cluster/webhook-certificates/index.ts'
import { serviceHosts } from '../../cluster/webhook-manifest/index.ts'
import type { MetricRegistry } from '../../cluster/webhook-server/index.ts'
import { ConfigError, epochSeconds, isNamespaceName, isObjectName, seconds } from '../../core/index.ts'
import { type Log, systemClock, systemRandomness } from '../../io/host/index.ts'
import type { Kube } from '../../io/kube/index.ts'
import type { ServeFlags } from './webhook-settings.ts'

/**
 * `--in-cluster=true`: the authority and certificate that all replicas share, in the Secret that the flags name.
 * @throws ConfigError for names that Kubernetes would not take, and lives too short for their renewal
 */
export function createOwnCertificates(
  flags: ServeFlags,
  { kube, log }: { readonly kube: Kube; readonly log: Log },
): SelfManagedCertificates {
  const { namespace, 'service-name': serviceName, 'tls-secret': secretName } = flags
  const configurationName = flags['webhook-configuration'] === '' ? serviceName : flags['webhook-configuration']
  if (!isNamespaceName(namespace)) throw unusable('namespace', namespace)
  const names = { 'service-name': serviceName, 'tls-secret': secretName, 'webhook-configuration': configurationName }
  for (const [flag, name] of Object.entries(names)) if (!isObjectName(name)) throw unusable(flag, name)
  return createSelfManagedCertificates({
    kube,
    namespace,
    secretName,
    serviceName,
    configurationName,
    hosts: serviceHosts(namespace, serviceName),
    lives: livesOf(flags),
    clock: systemClock,
    randomness: systemRandomness,
    log,
  })
}

const LONGEST_INTERVAL = 20

/** Looked at often enough that every replica has heard well within the wait. */
function livesOf(flags: ServeFlags) {
  const inSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000)
  const waitSeconds = inSeconds(flags['certificate-wait'])
  const certificateSeconds = inSeconds(flags['certificate-lifetime'])
  const interval = Math.min(LONGEST_INTERVAL, Math.floor(waitSeconds / 4), Math.floor(certificateSeconds / 12))
  return {
    certificateSeconds: seconds(certificateSeconds),
    authoritySeconds: seconds(inSeconds(flags['authority-lifetime'])),
    waitSeconds: seconds(waitSeconds),
    intervalSeconds: seconds(Math.max(1, interval)),
  }
}

function unusable(flag: string, name: string): ConfigError {
  return new ConfigError(`--${flag}: expected a name that Kubernetes takes, found \`${name.slice(0, 100)}\``)
}

/** What an operator wants an alarm for: API servers that do not trust what is shown, an authority that ends. */
export function meterOwnCertificates(registry: MetricRegistry, certificates: SelfManagedCertificates): void {
  registry.gauge(
    {
      name: 'openirsa_webhook_cabundle_match',
      help: 'Whether the webhook configuration has the authority of the certificate that is shown.',
    },
    () => [[[], certificates.condition().isTrusted ? 1 : 0]],
  )
  registry.gauge(
    { name: 'openirsa_webhook_authority_expiry_timestamp_seconds', help: 'When the authority ends.' },
    () => {
      const at = certificates.condition().authorityExpiresAt
      return at === undefined ? [] : [[[], epochSeconds(at)]]
    },
  )
}
