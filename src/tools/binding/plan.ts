import { ConfigError, renderServiceAccountRef, type ServiceAccountRef } from '../../core/index.ts'
import { type CallIam, type IamAnswer, listAllOfIam, listOf, recordOf, tagsOf, textOf } from '../../io/aws/index.ts'
import { type Desired, desiredOf, ISSUER_TAG, OWNER_TAG } from './desired.ts'
import {
  type BindingCloud,
  type BindingCluster,
  type BindWish,
  type IamOperation,
  type Plan,
  ROLE_ANNOTATION,
  type Step,
} from './model.ts'
import { isSamePolicy } from './same-policy.ts'

type Call = CallIam<IamOperation>

/**
 * What is to be done so that the service account has its role: looked at anew each time, so that a second run, or one after a
 * crash in the middle, does what is left and no more.
 * @throws ConfigError when the service account does not exist, or the role is somebody else's; nothing is changed then
 */
export async function planBinding(wish: BindWish, cloud: BindingCloud, cluster: BindingCluster): Promise<Plan> {
  const account = await findAccount(wish.serviceAccount, cluster)
  const desired = desiredOf(wish, { ...cloud, issuer: cluster.issuer })
  const role = await findRole(desired, cloud.call)
  const steps = [
    await providerStep(desired, cloud.call),
    ...(wish.roleArn === undefined ? await roleSteps(desired, role, cloud.call) : [keptRole(desired)]),
    annotationStep(desired, account.annotations[ROLE_ANNOTATION], cluster),
  ]
  const { issuer, providerArn, roleArn } = desired
  return { serviceAccount: wish.serviceAccount, issuer, providerArn, roleArn, steps }
}

export async function findAccount(ref: ServiceAccountRef, cluster: BindingCluster) {
  const found = await cluster.find(ref)
  if (found !== undefined) return found
  throw new ConfigError(`the service account \`${renderServiceAccountRef(ref)}\` does not exist`, {
    hint: `make it first: kubectl create serviceaccount --namespace ${ref.namespace} ${ref.name}, or openirsa apply -f FILE`,
  })
}

async function findRole({ wish, roleName, roleArn, tags }: Desired, call: Call): Promise<IamAnswer | undefined> {
  const answer = await call('GetRole', { RoleName: roleName })
  if (wish.roleArn !== undefined && textOf(recordOf(answer?.Role).Arn) !== roleArn)
    throw new ConfigError(`the role \`${roleArn}\` does not exist`, { hint: 'leave --role-arn out to have one made' })
  if (answer === undefined || wish.roleArn !== undefined) return answer
  const found = tagsOf(recordOf(answer.Role).Tags)
  if (found.get(OWNER_TAG) === tags[OWNER_TAG] && found.get(ISSUER_TAG) === tags[ISSUER_TAG]) return answer
  throw new ConfigError(`the role \`${roleName}\` exists and is not this service account's own`, {
    hint: `choose another with --role-name, or bind it as it is with --role-arn ${textOf(recordOf(answer.Role).Arn)}`,
  })
}

async function providerStep({ providerArn, issuer, audience }: Desired, call: Call): Promise<Step> {
  const provider = await call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: providerArn })
  if (provider === undefined) {
    const apply = async () =>
      void (await call('CreateOpenIDConnectProvider', { Url: issuer, ClientIDList: [audience] }))
    return { phase: 'provider', action: 'create', what: `${providerArn} for ${audience}`, apply }
  }
  if (listOf(provider.ClientIDList).includes(audience)) return { phase: 'provider', action: 'none', what: providerArn }
  const input = { OpenIDConnectProviderArn: providerArn, ClientID: audience }
  const apply = async () => void (await call('AddClientIDToOpenIDConnectProvider', input))
  return { phase: 'provider', action: 'update', what: `${providerArn}: accept ${audience}`, apply }
}

async function roleSteps(desired: Desired, role: IamAnswer | undefined, call: Call): Promise<readonly Step[]> {
  const { roleName, roleArn, trust } = desired
  const document = JSON.stringify(trust.document)
  const boundTo = `only ${renderServiceAccountRef(desired.wish.serviceAccount)}, only for ${desired.audience}`
  if (role === undefined) {
    const apply = async () => void (await call('CreateRole', roleInput(desired, document)))
    return [
      { phase: 'role', action: 'create', what: roleArn, apply },
      { phase: 'trust-policy', action: 'none', what: `with the role: ${boundTo}` },
      ...(await policySteps(desired, call, { isNew: true })),
    ]
  }
  const isSame = isSamePolicy(recordOf(role.Role).AssumeRolePolicyDocument, document)
  const update = async () =>
    void (await call('UpdateAssumeRolePolicy', { RoleName: roleName, PolicyDocument: document }))
  return [
    { phase: 'role', action: 'none', what: roleArn },
    isSame
      ? { phase: 'trust-policy', action: 'none', what: boundTo }
      : { phase: 'trust-policy', action: 'update', what: boundTo, apply: update },
    ...(await policySteps(desired, call, { isNew: false })),
  ]
}

function roleInput({ roleName, tags, wish }: Desired, document: string) {
  const { permissionsBoundary } = wish
  return {
    RoleName: roleName,
    ...(wish.rolePath === undefined ? {} : { Path: wish.rolePath }),
    AssumeRolePolicyDocument: document,
    Description: `Of the service account ${renderServiceAccountRef(wish.serviceAccount)}`,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(permissionsBoundary === undefined ? {} : { PermissionsBoundary: permissionsBoundary }),
  }
}

async function policySteps(
  { roleName, policyArns, inlinePolicies, wish }: Desired,
  call: Call,
  { isNew }: { readonly isNew: boolean },
): Promise<readonly Step[]> {
  const attached = isNew ? [] : await attachedTo(roleName, call)
  const steps: Step[] = policyArns.map((arn) => {
    if (attached.includes(arn)) return { phase: 'policies', action: 'none', what: arn }
    const apply = async () => void (await call('AttachRolePolicy', { RoleName: roleName, PolicyArn: arn }))
    return { phase: 'policies', action: 'create', what: `attach ${arn}`, apply }
  })
  if (wish.others === 'detach')
    steps.push(
      ...detachSteps(
        roleName,
        attached.filter((arn) => !policyArns.includes(arn)),
        call,
      ),
    )
  for (const { name, text } of inlinePolicies) {
    const input = { RoleName: roleName, PolicyName: name }
    const found = isNew ? undefined : await call('GetRolePolicy', input)
    const apply = async () => void (await call('PutRolePolicy', { ...input, PolicyDocument: text }))
    if (found === undefined) steps.push({ phase: 'policies', action: 'create', what: `inline ${name}`, apply })
    else if (isSamePolicy(found.PolicyDocument, text))
      steps.push({ phase: 'policies', action: 'none', what: `inline ${name}` })
    else steps.push({ phase: 'policies', action: 'update', what: `inline ${name}`, apply })
  }
  return steps
}

/** Takes managed policies from a role. */
export function detachSteps(RoleName: string, arns: readonly string[], call: Call): readonly Step[] {
  return arns.map((PolicyArn) => {
    const apply = async () => void (await call('DetachRolePolicy', { RoleName, PolicyArn }))
    return { phase: 'policies', action: 'remove', what: `detach ${PolicyArn}`, apply }
  })
}

/** ARNs of the managed policies of a role. */
export async function attachedTo(RoleName: string, call: Call): Promise<readonly string[]> {
  const found = await listAllOfIam(call, 'ListAttachedRolePolicies', {
    input: { RoleName },
    member: 'AttachedPolicies',
  })
  return found.map((policy) => textOf(recordOf(policy).PolicyArn))
}

function keptRole({ roleArn }: Desired): Step {
  return {
    phase: 'role',
    action: 'none',
    what: `${roleArn}, left as it is: openirsa trust check tells whom it lets in`,
  }
}

function annotationStep({ roleArn, wish }: Desired, found: string | undefined, cluster: BindingCluster): Step {
  if (found === roleArn) return { phase: 'annotation', action: 'none', what: `${ROLE_ANNOTATION}: ${roleArn}` }
  return {
    phase: 'annotation',
    action: found === undefined ? 'create' : 'update',
    what: `${ROLE_ANNOTATION}: ${roleArn}${found === undefined ? '' : ` (was ${found})`}`,
    apply: () => cluster.annotate(wish.serviceAccount, ROLE_ANNOTATION, roleArn),
  }
}
