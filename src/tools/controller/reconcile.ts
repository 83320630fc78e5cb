import { createHash } from 'node:crypto'
import { ConfigError, type ServiceAccountRef } from '../../core/index.ts'
import { KubeError } from '../../io/kube/index.ts'
import {
  applyPlan,
  type BindingCloud,
  type BindingCluster,
  changes,
  defaultRoleName,
  planBinding,
  planUnbinding,
} from '../binding/index.ts'
import { type AllowList, refusalOf } from './allow-list.ts'
import type { Order, Outcome } from './model.ts'

/** The two halves that are brought together, and what may be asked of them. */
export interface Reconciled {
  readonly cloud: BindingCloud
  readonly cluster: BindingCluster
  readonly allowed: AllowList
}

/** Roles that the controller makes have this path, one for each cluster, so that it finds again what it made. */
export function rolePathOf({ issuer }: Pick<BindingCluster, 'issuer'>): string {
  return `/openirsa/${createHash('sha256').update(issuer).digest('hex').slice(0, 16)}/`
}

/** Does what the order asks for, when the namespace may ask for it: `bind` with the role's name and path of the controller. */
export async function bind(order: Order, { cloud, cluster, allowed }: Reconciled): Promise<Outcome> {
  const why = refusalOf(order, allowed)
  if (why !== undefined) return { kind: 'refused', why }
  const serviceAccount = { namespace: order.namespace, name: order.name }
  return outcomeOf(async () => {
    // What was asked for before and is not any more is not kept: nobody allows it now.
    const own = { rolePath: rolePathOf(cluster), policyArns: order.policyArns, others: 'detach' } as const
    const role = order.roleArn === undefined ? own : { roleArn: order.roleArn, policyArns: [] }
    const plan = await planBinding({ serviceAccount, inlinePolicies: [], ...role }, cloud, cluster)
    await applyPlan(plan, () => undefined)
    return { kind: 'bound', roleArn: plan.roleArn, changes: changes(plan) }
  })
}

/**
 * Takes back what was made, also when the service account is gone already. A role that somebody else has given it since stays.
 * @param roleArn what it was bound to; default the role that the controller makes
 */
export async function unbind(
  ref: ServiceAccountRef,
  { cloud, cluster }: Reconciled,
  roleArn = ownRoleArn(ref, { cloud, cluster }),
): Promise<Outcome> {
  return outcomeOf(async () => {
    const gone = { ...cluster, find: async () => (await cluster.find(ref)) ?? { ...ref, annotations: {} } }
    const plan = await planUnbinding({ serviceAccount: ref, onlyRoleArn: roleArn }, cloud, gone)
    await applyPlan(plan, () => undefined)
    return { kind: 'unbound', changes: changes(plan) }
  })
}

function ownRoleArn(ref: ServiceAccountRef, { cloud, cluster }: Pick<Reconciled, 'cloud' | 'cluster'>): string {
  return `arn:${cloud.partition}:iam::${cloud.account}:role${rolePathOf(cluster)}${defaultRoleName(ref)}`
}

/** What the cloud or the cluster refuses is an outcome, tried again later; what is our own fault is not caught. */
async function outcomeOf(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (failure) {
    if (failure instanceof ConfigError || failure instanceof KubeError) return { kind: 'failed', why: failure.message }
    throw failure
  }
}
