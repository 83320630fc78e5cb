/**
 * A second opinion on policies: as plain as the documentation, without compiling, caching or sharing a line with what it judges.
 * It reads the documents as JSON, so that it also judges the parser.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { naiveCondition } from './naive-conditions.ts'
import { covers, resolve, tokensOf, type Values } from './naive-patterns.ts'

export interface RawStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>
  readonly NotPrincipal?: '*' | Readonly<Record<string, string | readonly string[]>>
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface RawDocument {
  readonly Version?: string
  readonly Statement: readonly RawStatement[]
}

export type RawPrincipal =
  | { readonly kind: 'user'; readonly account: string; readonly arn: string; readonly uniqueId: string }
  | { readonly kind: 'root'; readonly account: string; readonly arn: string }
  | {
      readonly kind: 'role-session'
      readonly account: string
      readonly arn: string
      readonly roleArn: string
      readonly roleUniqueId: string
    }
  | { readonly kind: 'web-identity'; readonly account: string; readonly providerArn: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'anonymous' }

export interface RawRequest {
  readonly principal: RawPrincipal
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly resourcePolicyKind: 'ordinary' | 'trust' | 'key'
  readonly values: Values
  readonly identity: readonly RawDocument[]
  readonly boundary?: RawDocument
  readonly session?: readonly RawDocument[]
  readonly resourcePolicy?: RawDocument
  readonly serviceControl?: readonly (readonly RawDocument[])[]
  readonly resourceControl?: readonly (readonly RawDocument[])[]
  readonly endpoint?: RawDocument
}

export type Outcome = 'allow' | 'implicit-deny' | 'explicit-deny'
type How = 'not at all' | 'by account' | 'by role' | 'as anybody' | 'by name'
type ListKind = 'with principals' | 'without principals' | 'trust'

export function naiveOutcome(request: RawRequest): Outcome {
  const { principal } = request
  const isOfAccount = principal.kind === 'user' || principal.kind === 'root' || principal.kind === 'role-session'
  if (isOfAccount && request.action.toLowerCase() === 'sts:getcalleridentity') return 'allow'

  const resourceKind: ListKind = request.resourcePolicyKind === 'trust' ? 'trust' : 'with principals'
  const ownDocuments = [
    ...request.identity,
    ...(request.boundary === undefined ? [] : [request.boundary]),
    ...(request.session ?? []),
    ...(request.serviceControl ?? []).flat(),
  ]
  const foreignDocuments = [
    ...(request.endpoint === undefined ? [] : [request.endpoint]),
    ...(request.resourceControl ?? []).flat(),
  ]
  const denies = (document: RawDocument, kind: ListKind) =>
    ways(document, kind, 'Deny', request).some((how) => how !== 'not at all')
  if (ownDocuments.some((document) => denies(document, 'without principals'))) return 'explicit-deny'
  if (foreignDocuments.some((document) => denies(document, 'with principals'))) return 'explicit-deny'
  if (request.resourcePolicy !== undefined && denies(request.resourcePolicy, resourceKind)) return 'explicit-deny'

  const allows = (document: RawDocument, kind: ListKind = 'without principals') =>
    ways(document, kind, 'Allow', request).some((how) => how !== 'not at all')
  if (request.endpoint !== undefined && !allows(request.endpoint, 'with principals')) return 'implicit-deny'

  const granted =
    request.resourcePolicy === undefined ? [] : ways(request.resourcePolicy, resourceKind, 'Allow', request)
  const isGranted = (...hows: readonly How[]) => granted.some((how) => hows.includes(how))
  const either = (isAllowed: boolean): Outcome => (isAllowed ? 'allow' : 'implicit-deny')
  if (principal.kind === 'anonymous' || principal.kind === 'service') return either(isGranted('as anybody', 'by name'))
  if (principal.kind === 'web-identity') return either(isGranted('by name'))

  for (const level of request.serviceControl ?? [])
    if (!level.some((document) => allows(document))) return 'implicit-deny'
  const isSameAccount = principal.account === request.resourceAccount
  if (isSameAccount && isGranted('as anybody', 'by name')) return 'allow'
  const isLimited =
    (request.boundary !== undefined && !allows(request.boundary)) ||
    (request.session !== undefined && !request.session.some((document) => allows(document)))
  if (isLimited) return 'implicit-deny'
  if (isSameAccount && isGranted('by role')) return 'allow'
  const identityAllows = principal.kind === 'root' || request.identity.some((document) => allows(document))
  const needsGrant = !isSameAccount || request.resourcePolicyKind !== 'ordinary'
  return either(identityAllows && (!needsGrant || isGranted('by account', 'by role', 'as anybody', 'by name')))
}

/** In which ways statements of that effect apply to the request. */
function ways(document: RawDocument, kind: ListKind, effect: 'Allow' | 'Deny', request: RawRequest): readonly How[] {
  return document.Statement.filter((statement) => statement.Effect === effect).map((statement) =>
    appliesTo(statement, document, kind, request),
  )
}

function appliesTo(statement: RawStatement, document: RawDocument, kind: ListKind, request: RawRequest): How {
  const hasVariables = document.Version === '2012-10-17'
  if (!actionApplies(statement, request.action)) return 'not at all'
  if (kind !== 'trust' && !resourceApplies(statement, request, hasVariables, kind === 'without principals'))
    return 'not at all'
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, wanted] of Object.entries(keys))
      if (!naiveCondition({ operator, key, wanted, hasVariables }, request.values)) return 'not at all'
  return kind === 'without principals' ? 'by name' : principalApplies(statement, request)
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

function actionApplies({ Action, NotAction }: RawStatement, action: string): boolean {
  const isListed = (patterns: string | readonly string[]) =>
    list(patterns).some((pattern) => covers(tokensOf(pattern.toLowerCase(), 'wildcards'), action.toLowerCase()))
  return NotAction === undefined ? isListed(Action ?? []) : !isListed(NotAction)
}

function resourceApplies(
  { Resource, NotResource }: RawStatement,
  { resource, values }: RawRequest,
  hasVariables: boolean,
  isOpenEnded: boolean,
): boolean {
  const answers = list(NotResource ?? Resource ?? []).map((pattern) =>
    resourceCovered(pattern, resource, { values, hasVariables, isOpenEnded }),
  )
  return NotResource === undefined ? answers.includes('yes') : answers.every((answer) => answer === 'no')
}

interface ResourceSetting {
  readonly values: Values
  readonly hasVariables: boolean
  readonly isOpenEnded: boolean
}

function resourceCovered(pattern: string, resource: string, setting: ResourceSetting): 'yes' | 'no' | 'meaningless' {
  if (pattern === '*') return 'yes'
  // Colons of `${…}` are hidden while the ARN is cut.
  const hidden = setting.hasVariables
    ? pattern.replaceAll(/\$\{[^}]*\}/g, (part) => part.replaceAll(':', '\u0001'))
    : pattern
  const parts = hidden.split(':').map((part) => part.replaceAll('\u0001', ':'))
  const six = [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])]
  if (six.length < 6 && !setting.isOpenEnded && !pattern.includes('*') && !pattern.includes('?')) return 'meaningless'
  while (six.length < 6) six.push('*')
  if (setting.hasVariables && six.slice(0, 5).some((part) => part.includes('${'))) return 'meaningless'
  const tokens = six.map((part) =>
    resolve(
      tokensOf(part, setting.hasVariables ? 'wildcards and variables' : 'wildcards'),
      setting.values,
      'empty is none',
    ),
  )
  if (tokens.some((part) => part === undefined)) return 'meaningless'
  const found = resource.split(':')
  if (found.length < 6) return 'no'
  const cut = [...found.slice(0, 5), found.slice(5).join(':')]
  return tokens.every((part, at) => covers(part!, cut[at]!)) ? 'yes' : 'no'
}

function principalApplies({ Principal, NotPrincipal, Effect }: RawStatement, request: RawRequest): How {
  const { principal } = request
  if (NotPrincipal !== undefined) {
    if (Effect === 'Deny' && request.boundary !== undefined) return 'as anybody'
    const isListed = entriesOf(NotPrincipal).some(
      (entry) => howNamed(entry, principal, Effect === 'Allow') !== 'not at all',
    )
    return isListed ? 'not at all' : 'as anybody'
  }
  if (Principal === undefined) return 'not at all'
  const order: readonly How[] = ['not at all', 'by account', 'by role', 'as anybody', 'by name']
  const hows = entriesOf(Principal).map((entry) => howNamed(entry, principal, Effect === 'Deny'))
  return order[Math.max(0, ...hows.map((how) => order.indexOf(how)))]!
}

function entriesOf(principal: NonNullable<RawStatement['Principal']>): readonly (readonly [string, string])[] {
  if (principal === '*') return [['AWS', '*']]
  return Object.entries(principal).flatMap(([type, values]) => list(values).map((value) => [type, value] as const))
}

/** `isStrict`: what cannot be told counts as named. */
function howNamed([type, value]: readonly [string, string], principal: RawPrincipal, isStrict: boolean): How {
  if (type === 'CanonicalUser') return isStrict && principal.kind !== 'anonymous' ? 'by name' : 'not at all'
  if (type === 'Federated')
    return principal.kind === 'web-identity' && value === principal.providerArn ? 'by name' : 'not at all'
  if (type === 'Service') return principal.kind === 'service' && value === principal.name ? 'by name' : 'not at all'
  if (value === '*') return principal.kind === 'web-identity' && !isStrict ? 'not at all' : 'as anybody'
  if (principal.kind === 'user' && (value === principal.arn || value === principal.uniqueId)) return 'by name'
  if (principal.kind === 'role-session') {
    if (value === principal.arn) return 'by name'
    if (value === principal.roleArn || value === principal.roleUniqueId) return 'by role'
  }
  const isOfAccount = principal.kind === 'user' || principal.kind === 'root' || principal.kind === 'role-session'
  if (isOfAccount && (value === principal.account || value === `arn:aws:iam::${principal.account}:root`))
    return 'by account'
  return 'not at all'
}
