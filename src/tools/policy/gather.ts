import { ConfigError, type Instant } from '../../core/index.ts'
import type { NamedPolicy, PolicyKind, PolicySet } from '../../standards/policy/index.ts'
import { type Asker, enrichAsker, type KeyValue, readAsker } from './asker.ts'
import { type Inquiry, resourcePolicyKindOf } from './inquiry.ts'
import { limitByOrganization } from './limit-by-organization.ts'
import { type PolicyText, readPolicy } from './read-policy.ts'
import type { FoundPolicy, FoundPrincipal, PolicySource } from './source.ts'
import { readKept } from './stored-policy.ts'

/** Policies that were given as files; what is given stands for what a source would have said of that type. */
export interface GivenPolicies {
  readonly identity: readonly PolicyText[]
  readonly boundary?: PolicyText
  readonly session: readonly PolicyText[]
  readonly resource?: PolicyText
  /** By level, from the root down. */
  readonly scp: readonly (readonly PolicyText[])[]
  readonly rcp: readonly (readonly PolicyText[])[]
  readonly endpoint?: PolicyText
}

/** Every action on every resource, by one principal. */
export interface Question {
  readonly principal: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly resourceAccount?: string
  readonly context: Readonly<Record<string, KeyValue>>
  readonly given: GivenPolicies
  readonly now?: Instant
}

/** Requests with all their policies, and what has to be said of these. */
export interface Gathered {
  readonly inquiries: readonly Inquiry[]
  readonly notes: readonly string[]
}

/**
 * Puts the policies together that apply to the requests: those given, and for what is not given those that the source keeps.
 * @throws ConfigError for a principal that the source does not know, PolicyTextError for a given policy that is none
 */
export async function gatherInquiries(question: Question, source?: PolicySource): Promise<Gathered> {
  const notes: string[] = []
  const asker = readAsker(question.principal)
  const found = source === undefined ? undefined : await findAsker(asker, source)
  const own = ownPolicies(question.given, found, notes)
  const inquiries: Inquiry[] = []
  for (const action of question.actions)
    for (const resource of question.resources) {
      const { policy, account } = await resourceFor({ action, resource, question, source, notes })
      const inquiry: Inquiry = {
        asker: found === undefined ? asker : enrichAsker(asker, found),
        action,
        resource,
        ...(account === undefined ? {} : { resourceAccount: account }),
        context: question.context,
        policies: { ...own, ...(policy === undefined ? {} : { resource: policy }) },
        ...(question.now === undefined ? {} : { now: question.now }),
      }
      inquiries.push(source === undefined ? inquiry : await limitByOrganization(inquiry, { source, notes }))
    }
  return { inquiries, notes: [...new Set(notes)] }
}

async function findAsker({ principal, name }: Asker, source: PolicySource): Promise<FoundPrincipal | undefined> {
  if (principal.kind !== 'user' && principal.kind !== 'role-session') return undefined
  const arn = principal.kind === 'user' ? principal.arn : principal.roleArn
  const found = await source.findPrincipal(arn)
  if (found !== undefined) return found
  throw new ConfigError(`${source.place} has no principal \`${name}\``, {
    hint: 'write its ARN as `aws iam get-role` prints it, or give its policies as files with --policy',
  })
}

type OwnPolicies = Omit<PolicySet, 'resource'>

function ownPolicies(given: GivenPolicies, found: FoundPrincipal | undefined, notes: string[]): OwnPolicies {
  const kept = (policy: FoundPolicy, kind: PolicyKind) => readKept(policy, kind, notes)
  const identity =
    given.identity.length > 0 || found === undefined
      ? given.identity.map((text) => readPolicy(text, 'identity'))
      : found.identity.map((policy) => kept(policy, 'identity'))
  const boundary =
    given.boundary === undefined
      ? found?.boundary && kept(found.boundary, 'boundary')
      : readPolicy(given.boundary, 'boundary')
  const levels = (texts: GivenPolicies['scp'], kind: PolicyKind) =>
    texts.map((level) => level.map((text) => readPolicy(text, kind)))
  return {
    identity,
    ...(boundary === undefined ? {} : { boundary }),
    ...(given.session.length === 0 ? {} : { session: given.session.map((text) => readPolicy(text, 'session')) }),
    ...(given.scp.length === 0 ? {} : { serviceControl: levels(given.scp, 'service-control') }),
    ...(given.rcp.length === 0 ? {} : { resourceControl: levels(given.rcp, 'resource-control') }),
    ...(given.endpoint === undefined ? {} : { endpoint: readPolicy(given.endpoint, 'endpoint') }),
  }
}

interface Asked {
  readonly action: string
  readonly resource: string
  readonly question: Question
  readonly source: PolicySource | undefined
  readonly notes: string[]
}

/** What was given stands for what would be found. */
async function resourceFor({ action, resource, question, source, notes }: Asked): Promise<ResourceSide> {
  const { resourceAccount } = question
  const side = resourceAccount === undefined ? {} : { account: resourceAccount }
  const kind = resourcePolicyKindOf(action, resource) === 'trust' ? 'trust' : 'resource'
  const { resource: given } = question.given
  if (given !== undefined) return { policy: readPolicy(given, kind), ...side }
  if (resource === '*' || source === undefined) return side
  const { policy, account, isRead } = await source.findResource(resource)
  if (!isRead) notes.push(`the policy of ${resource} is not read from ${source.place}: give it with --resource-policy`)
  return {
    ...(policy === undefined ? {} : { policy: readKept(policy, kind, notes) }),
    ...(account === undefined ? {} : { account }),
    ...side,
  }
}

interface ResourceSide {
  readonly policy?: NamedPolicy
  readonly account?: string
}
