import { ConfigError, isNamespaceName } from '../../core/index.ts'
import type { Order } from './model.ts'

/** What the service accounts of a namespace may ask for; what is not listed is refused. */
export interface Allowed {
  readonly policies: readonly string[]
  readonly roles: readonly string[]
}

export type AllowList = ReadonlyMap<string, Allowed>

/**
 * Reads `{namespaces: {NAMESPACE: {policies: [ARN], roles: [ARN]}}}`; an ARN may end in `*`.
 * @throws ConfigError for any other member: a word that is misspelt must not allow more, or less, than it seems to
 */
export async function readAllowList(text: string, name: string): Promise<AllowList> {
  const { parse } = await import('yaml')
  const document = membersOf(
    parseOr(() => parse(text, { uniqueKeys: true }) as unknown, name),
    name,
    ['namespaces'],
  )
  const found = new Map<string, Allowed>()
  const namespaces = membersOf(document.namespaces, `namespaces of ${name}`)
  for (const [namespace, value] of Object.entries(namespaces)) {
    if (!isNamespaceName(namespace)) throw new ConfigError(`${name}: \`${namespace}\` is no name of a namespace`)
    const members = membersOf(value, `${namespace} of ${name}`, ['policies', 'roles'])
    found.set(namespace, { policies: arnsOf(members.policies, name), roles: arnsOf(members.roles, name) })
  }
  return found
}

/** Why the order may not be done; undefined when it may. */
export function refusalOf(order: Order, allowed: AllowList): string | undefined {
  const here = allowed.get(order.namespace)
  if (here === undefined) return `the namespace ${order.namespace} may ask for nothing: it is not in the allow-list`
  const asked = order.roleArn === undefined ? order.policyArns : [order.roleArn]
  const patterns = order.roleArn === undefined ? here.policies : here.roles
  const refused = asked.find((arn) => !patterns.some((pattern) => fits(arn, pattern)))
  if (refused === undefined) return undefined
  return `the namespace ${order.namespace} may not ask for ${refused}: the allow-list does not have it`
}

function fits(arn: string, pattern: string): boolean {
  return pattern.endsWith('*') ? arn.startsWith(pattern.slice(0, -1)) : arn === pattern
}

function parseOr(parse: () => unknown, name: string): unknown {
  try {
    return parse()
  } catch (cause) {
    throw new ConfigError(`\`${name}\` is not YAML: ${(cause as Error).message.split('\n')[0]}`, { cause })
  }
}

function membersOf(value: unknown, what: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(`${what} is no object`, { hint: 'namespaces: {shop: {policies: [ARN, …], roles: [ARN, …]}}' })
  const unknown = Object.keys(value).find((member) => known !== undefined && !known.includes(member))
  if (unknown !== undefined)
    throw new ConfigError(`${what} has a member \`${unknown}\``, { hint: `it may have ${known?.join(', ')}` })
  return value as Readonly<Record<string, unknown>>
}

function arnsOf(value: unknown = [], name: string): readonly string[] {
  const isList = Array.isArray(value) && value.every((arn) => typeof arn === 'string' && /^arn:[^*]+\*?$/.test(arn))
  if (!isList) throw new ConfigError(`${name}: expected a list of ARNs, each with a \`*\` at its end at most`)
  return value as readonly string[]
}
