import {
  decideMutation,
  type IdentityLookup,
  type MutationDecision,
  type MutationReason,
  type ServiceAccountLookup,
  type WebhookSettings,
} from '../../cluster/webhook/index.ts'
import { isBlocking } from '../../cluster/webhook-drift/index.ts'
import { WEBHOOK_NAMES } from '../../cluster/webhook-manifest/index.ts'
import { ConfigError, type JsonObject, type Randomness } from '../../core/index.ts'
import { systemRandomness } from '../../io/host/index.ts'
import { type ServeFlags, settingsOf } from './webhook-settings.ts'
import { type AccountWish, type PodWish, readWorkloads, type WorkloadFile } from './workload-file.ts'

/** What the webhook would make of a pod. */
export interface PodTrial {
  readonly source: string
  /** `NAMESPACE/NAME` */
  readonly serviceAccount: string
  readonly allowed: boolean
  /** `skip-label`: the webhook is not asked. */
  readonly reason: MutationReason | 'skip-label'
  readonly message?: string
  readonly warnings: MutationDecision['warnings']
  readonly operations: MutationDecision['operations']
  readonly auditAnnotations: MutationDecision['auditAnnotations']
}

export interface TrialWish {
  readonly files: readonly WorkloadFile[]
  /** Of what names none. */
  readonly namespace: string
  readonly flags: ServeFlags
  /** Contents of `--endpoint-ca`. */
  readonly endpointAuthority?: string
}

/** @throws ConfigError for flags that nobody can want */
export function trialSettingsOf({ flags, endpointAuthority }: Pick<TrialWish, 'flags' | 'endpointAuthority'>) {
  if (flags['compose-role-arn'])
    throw new ConfigError('--compose-role-arn: which account a node is in is not known here', {
      hint: 'write whole ARNs, or ask a cluster with --live',
    })
  const settings = settingsOf(flags)
  if (endpointAuthority === undefined) return settings
  return { ...settings, endpoint: { ...settings.endpoint, certificateAuthorityPem: endpointAuthority } }
}

/**
 * Decides on every pod of the files as the webhook would, with the service accounts of the files; asks nobody.
 * @throws ConfigError when the files have no pod, or not the service account of one
 */
export async function tryPods(wish: TrialWish): Promise<readonly PodTrial[]> {
  const { files, namespace } = wish
  const { pods, accounts } = await readWorkloads(files)
  const settings = trialSettingsOf(wish)
  if (pods.length === 0) throw noPods()
  return pods.map((pod) => {
    const home = pod.namespace ?? namespace
    const account = findAccount(accounts, { namespace: home, name: pod.serviceAccountName }, namespace)
    return tryPod(pod, { namespace: home, settings, account: { outcome: 'found', annotations: account.annotations } })
  })
}

export function noPods(): ConfigError {
  return new ConfigError('there is no pod in the files', { hint: 'give a Pod, a Deployment or the like with -f FILE' })
}

export interface TrialCircumstances {
  readonly namespace: string
  readonly settings: WebhookSettings
  readonly account: ServiceAccountLookup
  readonly randomness?: Randomness
}

export function tryPod(wish: PodWish, circumstances: TrialCircumstances): PodTrial {
  const { namespace, settings, account, randomness = systemRandomness } = circumstances
  const facts = { source: wish.source, serviceAccount: `${namespace}/${wish.serviceAccountName}` }
  if (hasSkipLabel(wish.pod))
    return { ...facts, allowed: true, reason: 'skip-label', warnings: [], operations: [], auditAnnotations: {} }
  const { allowed, reason, message, warnings, operations, auditAnnotations } = decideMutation(
    wish.pod,
    lookupOf(account),
    { settings, randomness },
  )
  const said = message === undefined ? {} : { message }
  return { ...facts, allowed, reason, ...said, warnings, operations, auditAnnotations }
}

/** All that is known without a ConfigMap and a file of container credentials. */
export function lookupOf(serviceAccount: ServiceAccountLookup): IdentityLookup {
  return { serviceAccount, containerCredentials: 'unlisted' }
}

/** Would its containers start with credentials, all but those that are skipped? */
export function isProvided({ reason, warnings }: PodTrial): boolean {
  return PROVIDED.includes(reason) && !warnings.some(isBlocking)
}

const PROVIDED: readonly PodTrial['reason'][] = [
  'web-identity-injected',
  'container-credentials-injected',
  'nothing-to-add',
]

function hasSkipLabel({ metadata }: JsonObject): boolean {
  const labels = (metadata as JsonObject | undefined)?.labels
  return typeof labels === 'object' && labels !== null && Object.hasOwn(labels, WEBHOOK_NAMES.skipLabel)
}

function findAccount(
  accounts: readonly AccountWish[],
  wanted: { readonly namespace: string; readonly name: string },
  fallback: string,
): AccountWish {
  const found = accounts.find(
    ({ namespace = fallback, name }) => namespace === wanted.namespace && name === wanted.name,
  )
  if (found !== undefined) return found
  throw new ConfigError(`the service account \`${wanted.namespace}/${wanted.name}\` is not in the files`, {
    hint: 'give it with --service-account-file FILE, or ask a cluster with --live',
  })
}
