import { parseArn, renderServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import { type CallIam, listAllOfIam, recordOf, tagsOf, textOf } from '../../io/aws/index.ts'
import { hostPathOf, ISSUER_TAG, OWNER_TAG } from './desired.ts'
import {
  type BindingCloud,
  type BindingCluster,
  type IamOperation,
  type Plan,
  ROLE_ANNOTATION,
  type Step,
} from './model.ts'
import { attachedTo, findAccount } from './plan.ts'
import { defaultRoleName } from './role-name.ts'

/**
 * What is to be done so that the service account has no role any more: its annotation goes, and the role with its policies when
 * it is the service account's own. The provider stays: others may use it.
 * @throws ConfigError when the service account does not exist
 */
export async function planUnbinding(
  { serviceAccount, roleName: named }: { readonly serviceAccount: ServiceAccountRef; readonly roleName?: string },
  { account, partition, call }: BindingCloud,
  cluster: BindingCluster,
): Promise<Plan> {
  const { annotations } = await findAccount(serviceAccount, cluster)
  const annotated = annotations[ROLE_ANNOTATION]
  // After a crash in the middle the annotation is gone and the role is not.
  const roleName =
    named ??
    parseArn(annotated ?? '')
      ?.resource.split('/')
      .at(-1) ??
    defaultRoleName(serviceAccount)
  const roleArn = annotated ?? `arn:${partition}:iam::${account}:role/${roleName}`
  const providerArn = `arn:${partition}:iam::${account}:oidc-provider/${hostPathOf(cluster.issuer)}`
  const apply = () => cluster.annotate(serviceAccount, ROLE_ANNOTATION, undefined)
  const annotation: Step =
    annotated === undefined
      ? { phase: 'annotation', action: 'none', what: 'there is none' }
      : { phase: 'annotation', action: 'remove', what: `${ROLE_ANNOTATION}: ${annotated}`, apply }
  const role = await roleSteps(roleName, { serviceAccount, issuer: cluster.issuer }, call)
  const provider: Step = { phase: 'provider', action: 'none', what: `${providerArn} stays: others may use it` }
  return { serviceAccount, issuer: cluster.issuer, providerArn, roleArn, steps: [annotation, ...role, provider] }
}

async function roleSteps(
  roleName: string,
  owner: { readonly serviceAccount: ServiceAccountRef; readonly issuer: string },
  call: CallIam<IamOperation>,
): Promise<readonly Step[]> {
  const answer = await call('GetRole', { RoleName: roleName })
  if (answer === undefined) return [{ phase: 'role', action: 'none', what: `there is no ${roleName}` }]
  const tags = tagsOf(recordOf(answer.Role).Tags)
  const isOwn =
    tags.get(OWNER_TAG) === renderServiceAccountRef(owner.serviceAccount) &&
    tags.get(ISSUER_TAG) === hostPathOf(owner.issuer)
  const arn = textOf(recordOf(answer.Role).Arn)
  if (!isOwn) return [{ phase: 'role', action: 'none', what: `${arn} stays: it was not made for this service account` }]
  const attached = (await attachedTo(roleName, call)).map((PolicyArn): Step => {
    const apply = async () => void (await call('DetachRolePolicy', { RoleName: roleName, PolicyArn }))
    return { phase: 'policies', action: 'remove', what: `detach ${PolicyArn}`, apply }
  })
  const names = await listAllOfIam(call, 'ListRolePolicies', { input: { RoleName: roleName }, member: 'PolicyNames' })
  const inline = names.map(textOf).map((PolicyName): Step => {
    const apply = async () => void (await call('DeleteRolePolicy', { RoleName: roleName, PolicyName }))
    return { phase: 'policies', action: 'remove', what: `inline ${PolicyName}`, apply }
  })
  const remove = async () => void (await call('DeleteRole', { RoleName: roleName }))
  return [...attached, ...inline, { phase: 'role', action: 'remove', what: arn, apply: remove }]
}
