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
import { attachedTo, detachSteps, findAccount } from './plan.ts'
import { defaultRoleName } from './role-name.ts'

export interface UnbindWish {
  readonly serviceAccount: ServiceAccountRef
  /** Default: what the annotation says, else the name that `bind` gives. */
  readonly roleName?: string
  /** An annotation with another role is left alone: it is somebody else's. Absent: whatever stands there goes. */
  readonly onlyRoleArn?: string
}

/**
 * What is to be done so that the service account has no role any more: its annotation goes, and the role with its policies when
 * it is the service account's own. The provider stays: others may use it.
 * @throws ConfigError when the service account does not exist
 */
export async function planUnbinding(
  { serviceAccount, roleName: named, onlyRoleArn }: UnbindWish,
  { account, partition, call }: BindingCloud,
  cluster: BindingCluster,
): Promise<Plan> {
  const { annotations } = await findAccount(serviceAccount, cluster)
  const annotated = annotations[ROLE_ANNOTATION]
  // After a crash in the middle the annotation is gone and the role is not.
  const roleName = named ?? nameOfRole(onlyRoleArn ?? annotated) ?? defaultRoleName(serviceAccount)
  const roleArn = onlyRoleArn ?? annotated ?? `arn:${partition}:iam::${account}:role/${roleName}`
  const providerArn = `arn:${partition}:iam::${account}:oidc-provider/${hostPathOf(cluster.issuer)}`
  const isOthers = annotated !== undefined && onlyRoleArn !== undefined && annotated !== onlyRoleArn
  const annotation = annotationStep(isOthers ? undefined : annotated, () =>
    cluster.annotate(serviceAccount, ROLE_ANNOTATION, undefined),
  )
  const role = await roleSteps(roleName, { serviceAccount, issuer: cluster.issuer }, call)
  const provider: Step = { phase: 'provider', action: 'none', what: `${providerArn} stays: others may use it` }
  return { serviceAccount, issuer: cluster.issuer, providerArn, roleArn, steps: [annotation, ...role, provider] }
}

function annotationStep(annotated: string | undefined, apply: () => Promise<void>): Step {
  if (annotated === undefined) return { phase: 'annotation', action: 'none', what: 'there is none' }
  return { phase: 'annotation', action: 'remove', what: `${ROLE_ANNOTATION}: ${annotated}`, apply }
}

const nameOfRole = (arn: string | undefined): string | undefined =>
  parseArn(arn ?? '')
    ?.resource.split('/')
    .at(-1)

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
  const attached = detachSteps(roleName, await attachedTo(roleName, call), call)
  const names = await listAllOfIam(call, 'ListRolePolicies', { input: { RoleName: roleName }, member: 'PolicyNames' })
  const inline = names.map(textOf).map((PolicyName): Step => {
    const apply = async () => void (await call('DeleteRolePolicy', { RoleName: roleName, PolicyName }))
    return { phase: 'policies', action: 'remove', what: `inline ${PolicyName}`, apply }
  })
  const remove = async () => void (await call('DeleteRole', { RoleName: roleName }))
  return [...attached, ...inline, { phase: 'role', action: 'remove', what: arn, apply: remove }]
}
