import { type AccountId, parseAccountId, parseArn } from '../../../core/index.ts'
import type { Role } from '../../identity/index.ts'
import type { Asker, Requirement } from '../../operation.ts'
import { clusterArn } from './cluster-arn.ts'
import type { Exchange, PodCluster } from './model.ts'
import { firstSession } from './session-of-role.ts'
import { AUDIENCE } from './verify-token.ts'

/** The caller, a node, must be allowed this on the cluster. */
export function mayAssumeForPods(cluster: Omit<PodCluster, 'issuer'>, tags: ReadonlyMap<string, string>): Requirement {
  return {
    action: 'eks-auth:AssumeRoleForPodIdentity',
    resource: clusterArn(cluster),
    resourceAccount: cluster.account,
    ...(tags.size === 0 ? {} : { contextKeys: keysOfTags('aws:ResourceTag', tags) }),
    onDeny: 'refuse',
  }
}

/** What it takes that the service becomes the role, and the role the target role. The trust policies decide. */
export function mayAssumeRoles(cluster: PodCluster, exchange: Exchange): readonly Requirement[] {
  const { identity, roles } = exchange
  const [role, target] = roles
  const first = { roleArn: identity.roleArn, role, by: { kind: 'service', name: AUDIENCE } } as const
  const own = mayAssume({ ...first, exchange, contextKeys: keysOfService(cluster, exchange) })
  if (identity.targetRoleArn === undefined || role === undefined) return own
  const chained = mayAssume({
    roleArn: identity.targetRoleArn,
    role: target,
    by: firstSession(role, exchange),
    exchange,
    contextKeys: identity.externalId === undefined ? {} : { 'sts:ExternalId': identity.externalId },
  })
  return [...own, ...chained]
}

type ContextKeys = NonNullable<Requirement['contextKeys']>

interface Assuming {
  readonly roleArn: string
  /** Undefined when there is none of that ARN: nothing lets anybody in then. */
  readonly role: Role | undefined
  readonly by: Asker
  readonly exchange: Exchange
  readonly contextKeys: ContextKeys
}

function mayAssume({ roleArn, role, by, exchange, contextKeys }: Assuming): readonly Requirement[] {
  const tagsOfRole = role?.tags ?? new Map<string, string>()
  const base = {
    resource: roleArn,
    // An ARN without an account was refused when it was written down.
    resourceAccount: parseAccountId(parseArn(roleArn)?.account ?? '') ?? ('' as AccountId),
    resourcePolicyKind: 'trust',
    contextKeys: {
      'sts:RoleSessionName': exchange.sessionName,
      ...contextKeys,
      ...keysOfTags('aws:ResourceTag', tagsOfRole),
      ...keysOfTags('iam:ResourceTag', tagsOfRole),
    },
    by,
    onDeny: 'refuse',
    ...(role === undefined ? {} : { resourcePolicy: role.trustPolicy }),
  } as const
  // SPEC: tags are a permission of their own, asked of the same policies; also when they are inherited.
  const actions = exchange.tags.size === 0 ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'sts:TagSession']
  return actions.map((action) => ({ ...base, action }))
}

/** SPEC: a trust policy may limit the service to clusters of an account, or to one. @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
function keysOfService(cluster: PodCluster, { tags }: Exchange): ContextKeys {
  const keys = { 'aws:SourceAccount': cluster.account, 'aws:SourceArn': clusterArn(cluster) }
  if (tags.size === 0) return keys
  const names = [...tags.keys()]
  return { ...keys, ...keysOfTags('aws:RequestTag', tags), 'aws:TagKeys': names, 'sts:TransitiveTagKeys': names }
}

function keysOfTags(prefix: string, tags: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...tags].map(([key, value]) => [`${prefix}/${key}`, value]))
}
