import { type Clock, isNamespaceName, isObjectName, type ServiceAccountRef } from '../../core/index.ts'
import type { IdentityLookup, ServiceAccountLookup } from '../webhook/index.ts'
import type { AccountLookup } from './account-lookup.ts'
import type { Account, Accounts } from './accounts.ts'
import type { ConfigMapSource } from './config-map.ts'
import type { IdentitiesFile } from './identities-file.ts'
import type { SourceStatus } from './source-status.ts'

/** Everything that is known of who a pod is. */
export interface Identities {
  /** At once, unless the API server has to be asked. Never rejects. */
  lookUp(ref: ServiceAccountRef | undefined): IdentityLookup | Promise<IdentityLookup>
  statuses(): readonly SourceStatus[]
}

export interface IdentitiesParts {
  readonly accounts: Accounts
  /** Undefined: the API server is never asked, what is followed is all. */
  readonly lookup: AccountLookup | undefined
  readonly configMap: ConfigMapSource | undefined
  readonly identitiesFile: IdentitiesFile | undefined
  readonly annotationDomain: string
  /** An account made or changed less than so long ago, and without a role, is looked up again. */
  readonly recheckMilliseconds: number
  readonly clock: Clock
  readonly onMissing: () => void
}

export function createIdentities(parts: IdentitiesParts): Identities {
  const { accounts, configMap, identitiesFile } = parts
  const roleAnnotation = `${parts.annotationDomain}/role-arn`
  const hasRole = ({ annotations }: Pick<Account, 'annotations'>): boolean => annotations[roleAnnotation] !== undefined
  /** As long as the ConfigMap was not read, no role on the account does not mean that it has none. */
  const doubt = (answer: ServiceAccountLookup): ServiceAccountLookup =>
    configMap?.status().state !== 'starting' || (answer.outcome === 'found' && hasRole(answer))
      ? answer
      : { outcome: 'unsynced' }
  const again = createAskingAgain(parts)
  return {
    lookUp: (ref) => {
      if (ref === undefined) return { serviceAccount: { outcome: 'unknown' }, containerCredentials: 'unlisted' }
      const mapped = configMap?.find(ref)
      const containerCredentials = identitiesFile?.isListed(ref) === true ? 'listed' : 'unlisted'
      const answer = (serviceAccount: ServiceAccountLookup): IdentityLookup => ({
        serviceAccount,
        configMap: mapped,
        containerCredentials,
      })
      const known = accounts.values.get(`${ref.namespace}/${ref.name}`)
      if (known === undefined) {
        parts.onMissing()
        return askAboutMissing(parts, ref).then((found) => answer(doubt(found)))
      }
      const serviceAccount = { outcome: 'found', annotations: known.annotations } as const
      const isDecided = hasRole(known) || mapped !== undefined || containerCredentials === 'listed'
      if (isDecided) return answer(serviceAccount)
      if (!again.isWorthwhile(known)) return answer(doubt(serviceAccount))
      return again.ask(ref).then((found) => answer(doubt(found ?? serviceAccount)))
    },
    statuses: () => [
      accounts.status(),
      ...(configMap === undefined ? [] : [configMap.status()]),
      ...(identitiesFile === undefined ? [] : [identitiesFile.status()]),
    ],
  }
}

async function askAboutMissing(
  { accounts, lookup }: IdentitiesParts,
  ref: ServiceAccountRef,
): Promise<ServiceAccountLookup> {
  // What Kubernetes would not take for a name is nobody's, and not worth a question.
  if (!isNamespaceName(ref.namespace) || !isObjectName(ref.name)) return { outcome: 'unknown' }
  if (lookup !== undefined) return lookup.ask(ref)
  return { outcome: accounts.status().state === 'starting' ? 'unsynced' : 'unknown' }
}

/** After an answer that did not come, what is known counts for so long, and nobody waits again. */
const REST_MILLISECONDS = 5000

/** A second look at accounts without a role: the annotation may be under way, or not be seen at all while the watch is broken. */
function createAskingAgain({ accounts, lookup, clock, recheckMilliseconds }: IdentitiesParts) {
  let restsUntil = 0
  return {
    isWorthwhile: ({ changedAt }: Account): boolean => {
      if (lookup === undefined || recheckMilliseconds === 0) return false
      const now = clock.now()
      if (now < restsUntil) return false
      return now - changedAt < recheckMilliseconds || accounts.status().state === 'stale'
    },
    /** Undefined: no answer. */
    ask: async (ref: ServiceAccountRef): Promise<ServiceAccountLookup | undefined> => {
      const answer = await lookup?.ask(ref)
      if (answer?.outcome === 'unreadable') {
        restsUntil = clock.now() + REST_MILLISECONDS
        return undefined
      }
      return answer
    },
  }
}
