import { ConfigError, parseArn } from '../../core/index.ts'
import { listAllOfIam, listOf, recordOf, tagsOf, textOf } from '../../io/aws/index.ts'
import type { AskIam, IamRead } from './iam-reads.ts'
import type { FoundOrganization, FoundPolicy, FoundPrincipal, FoundResource, PolicySource } from './source.ts'

export interface IamPlace {
  /** `the local cloud`, `AWS` */
  readonly place: string
  /** Asks as somebody of that account, as far as there is a choice; empty: the usual one. */
  asking(account: string): AskIam
  /** A resource that is no role. */
  findResource(arn: string): Promise<FoundResource>
  /** Missing where none can be read. */
  readonly findOrganization?: (account: string) => Promise<FoundOrganization | undefined>
}

/** Reads principals and policies through IAM's API, wherever that is. */
export function createIamSource({ place, asking, findResource, findOrganization }: IamPlace): PolicySource {
  const askFor = (arn: string): AskIam => asking(parseArn(arn)?.account ?? '')
  const findPrincipal = (arn: string) => readPrincipal(askFor(arn), arn)
  return {
    place,
    findPrincipal,
    findRole: async (name) => {
      if (name.startsWith('arn:')) return findPrincipal(name)
      const role = recordOf((await asking('')('GetRole', { RoleName: name }))?.Role)
      return textOf(role.Arn) === '' ? undefined : findPrincipal(textOf(role.Arn))
    },
    findPolicy: async (arn) => {
      if (kindOf(arn) === 'role') return (await findPrincipal(arn))?.trust
      return readManaged(askFor(arn), arn)
    },
    findResource: async (arn) => {
      if (kindOf(arn) !== 'role') return findResource(arn)
      const policy = (await findPrincipal(arn))?.trust
      return { ...(policy === undefined ? {} : { policy }), isRead: true }
    },
    findOrganization: async (account) => findOrganization?.(account),
    readsOrganizations: findOrganization !== undefined,
    listProviders: async () => {
      const answer = await asking('')('ListOpenIDConnectProviders', {})
      return listOf(answer?.OpenIDConnectProviderList).map((one) => textOf(recordOf(one).Arn))
    },
    listPrincipals: async () => {
      const ask = asking('')
      const roles = await listAllOfIam(ask, 'ListRoles', { input: {}, member: 'Roles' })
      const users = await listAllOfIam(ask, 'ListUsers', { input: {}, member: 'Users' })
      const found: FoundPrincipal[] = []
      for (const one of [...roles, ...users]) {
        const principal = await readPrincipal(ask, textOf(recordOf(one).Arn))
        if (principal !== undefined) found.push(principal)
      }
      return found
    },
  }
}

function kindOf(arn: string): 'role' | 'user' | undefined {
  const parts = parseArn(arn)
  if (parts?.service !== 'iam') return undefined
  if (parts.resource.startsWith('role/')) return 'role'
  return parts.resource.startsWith('user/') ? 'user' : undefined
}

interface Holder {
  readonly kind: 'Role' | 'User' | 'Group'
  readonly name: string
}

async function readPrincipal(ask: AskIam, arn: string): Promise<FoundPrincipal | undefined> {
  const kind = kindOf(arn)
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  if (kind === undefined) return undefined
  const Kind = kind === 'role' ? 'Role' : 'User'
  const answer = recordOf((await ask(`Get${Kind}`, { [`${Kind}Name`]: name }))?.[Kind])
  const found = textOf(answer.Arn)
  // Names are found in the account of who asks: a role of that name in another account is another role.
  if (found === '' || parseArn(found)?.account !== parseArn(arn)?.account) return undefined
  const boundary = textOf(recordOf(answer.PermissionsBoundary).PermissionsBoundaryArn)
  const limit = boundary === '' ? undefined : await readManaged(ask, boundary)
  if (boundary !== '' && limit === undefined)
    throw new ConfigError(`the permissions boundary \`${boundary}\` of \`${found}\` cannot be read`)
  const trust = documentOf(answer.AssumeRolePolicyDocument)
  return {
    kind,
    arn: found,
    uniqueId: textOf(answer[`${Kind}Id`]),
    tags: tagsOf(answer.Tags),
    identity: await readIdentity(ask, { kind: Kind, name }),
    ...(limit === undefined ? {} : { boundary: limit }),
    ...(kind === 'role' ? { trust: { name: `the trust policy of ${name}`, text: trust } } : {}),
  }
}

/** Inline and attached policies; a user's also those of its groups. */
async function readIdentity(ask: AskIam, holder: Holder): Promise<readonly FoundPolicy[]> {
  const own = [...(await readInline(ask, holder)), ...(await readAttached(ask, holder))]
  if (holder.kind !== 'User') return own
  const groups = await listAllOfIam(ask, 'ListGroupsForUser', { input: { UserName: holder.name }, member: 'Groups' })
  for (const group of groups)
    own.push(...(await readIdentity(ask, { kind: 'Group', name: textOf(recordOf(group).GroupName) })))
  return own
}

async function readInline(ask: AskIam, { kind, name }: Holder): Promise<readonly FoundPolicy[]> {
  const input = { [`${kind}Name`]: name }
  const names = await listAllOfIam(ask, `List${kind}Policies` satisfies IamRead, { input, member: 'PolicyNames' })
  const policies: FoundPolicy[] = []
  for (const each of names) {
    const PolicyName = textOf(each)
    const answer = await ask(`Get${kind}Policy` satisfies IamRead, { ...input, PolicyName })
    if (answer === undefined) continue
    policies.push({
      name: `${PolicyName} (inline, ${kind.toLowerCase()} ${name})`,
      text: documentOf(answer.PolicyDocument),
    })
  }
  return policies
}

async function readAttached(ask: AskIam, { kind, name }: Holder): Promise<readonly FoundPolicy[]> {
  const operation: IamRead = `ListAttached${kind}Policies`
  const attached = await listAllOfIam(ask, operation, { input: { [`${kind}Name`]: name }, member: 'AttachedPolicies' })
  const policies: FoundPolicy[] = []
  for (const each of attached) {
    const arn = textOf(recordOf(each).PolicyArn)
    const policy = await readManaged(ask, arn)
    // An attached policy that is not read might deny: without it nothing can be said.
    if (policy === undefined) throw new ConfigError(`the policy \`${arn}\` cannot be read`)
    policies.push(policy)
  }
  return policies
}

async function readManaged(ask: AskIam, arn: string): Promise<FoundPolicy | undefined> {
  const policy = recordOf((await ask('GetPolicy', { PolicyArn: arn }))?.Policy)
  const VersionId = textOf(policy.DefaultVersionId)
  if (VersionId === '') return undefined
  const version = recordOf((await ask('GetPolicyVersion', { PolicyArn: arn, VersionId }))?.PolicyVersion)
  return { name: textOf(policy.PolicyName), arn, text: documentOf(version.Document) }
}

/** SPEC: IAM's answers carry documents percent-encoded (RFC 3986). */
function documentOf(value: unknown): string {
  const text = textOf(value)
  try {
    return decodeURIComponent(text)
  } catch {
    // Whoever reads it finds that it is no policy, and lets nobody in by it.
    return text
  }
}
