import { ConfigError, parseAccountId, parseArn } from '../../core/index.ts'
import type { PolicyPrincipal } from '../../standards/policy/index.ts'

/** A context key's value; a key of many values has a list, even of one. */
export type KeyValue = string | readonly string[]

/** Who is imagined to ask: how policies may name it, and the context keys that follow from who it is. */
export interface Asker {
  /** As it was written. */
  readonly name: string
  readonly principal: PolicyPrincipal
  /** In lower case. */
  readonly keys: ReadonlyMap<string, KeyValue>
}

/** What an ARN does not tell and who keeps the principal knows. */
export interface KnownPrincipal {
  readonly arn: string
  readonly uniqueId: string
  readonly tags: ReadonlyMap<string, string>
}

/** A session that nobody opened: what a role may do does not depend on its name. */
const SESSION = 'simulated'

/**
 * A principal as people write it: the ARN of a user, a role, a session of a role, an account's root or an OIDC provider; a service
 * (`s3.amazonaws.com`); `anonymous`. A role stands for a session of it, because roles ask nothing themselves.
 * @throws ConfigError
 */
export function readAsker(text: string): Asker {
  if (text === 'anonymous' || text === '*') {
    return asker(text, { kind: 'anonymous' }, { 'aws:principaltype': 'Anonymous', 'aws:userid': 'anonymous' })
  }
  if (parseAccountId(text) !== undefined) return rootOf(text, `arn:aws:iam::${text}:root`)
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(text)) {
    const keys = { 'aws:principalisawsservice': 'true', 'aws:principalservicename': text }
    return asker(text, { kind: 'service', name: text }, keys)
  }
  const arn = parseArn(text)
  const [type = '', ...rest] = arn?.resource.split('/') ?? []
  const account = parseAccountId(arn?.account ?? '')
  const read = arn === undefined || account === undefined ? undefined : READERS.get(`${arn.service} ${type}`)
  const found = read?.({ text, partition: arn?.partition ?? '', account: account ?? '', rest })
  if (found !== undefined) return found
  throw new ConfigError(`\`${text.slice(0, 200)}\` is no principal`, {
    hint: 'the ARN of a user, a role, an assumed-role session, a root or an oidc-provider; a service such as s3.amazonaws.com; or anonymous',
  })
}

/** The same asker, with what only the keeper of the principal knows: its whole ARN, unique id and tags. */
export function enrichAsker({ name, principal, keys }: Asker, known: KnownPrincipal): Asker {
  const more = new Map(keys)
  for (const [tag, value] of known.tags) more.set(`aws:principaltag/${tag.toLowerCase()}`, value)
  if (principal.kind === 'user') {
    more.set('aws:userid', known.uniqueId)
    return { name, principal: { ...principal, uniqueId: known.uniqueId }, keys: more }
  }
  if (principal.kind !== 'role-session') return { name, principal, keys: more }
  more.set('aws:userid', `${known.uniqueId}:${principal.arn.slice(principal.arn.lastIndexOf('/') + 1)}`)
  more.set('aws:principalarn', known.arn)
  return { name, principal: { ...principal, roleArn: known.arn, roleUniqueId: known.uniqueId }, keys: more }
}

interface Written {
  readonly text: string
  readonly partition: string
  readonly account: string
  /** What stands behind the type, between slashes. */
  readonly rest: readonly string[]
}

const READERS: ReadonlyMap<string, (written: Written) => Asker | undefined> = new Map([
  ['iam root', ({ text, account }: Written) => rootOf(account, text)],
  ['iam user', readUser],
  ['iam role', readRole],
  ['sts assumed-role', readSession],
  ['iam oidc-provider', readProvider],
])

function rootOf(account: string, arn: string): Asker {
  const keys = { 'aws:principalarn': arn, 'aws:principalaccount': account, 'aws:principaltype': 'Account' }
  return asker(arn, { kind: 'root', account, arn }, { ...keys, 'aws:userid': account })
}

function readUser({ text, account, rest }: Written): Asker | undefined {
  const name = rest.at(-1)
  if (name === undefined || name === '') return undefined
  const keys = { 'aws:principalarn': text, 'aws:principalaccount': account, 'aws:principaltype': 'User' }
  return asker(text, { kind: 'user', account, arn: text, uniqueId: UNKNOWN }, { ...keys, 'aws:username': name })
}

function readRole({ text, partition, account, rest }: Written): Asker | undefined {
  const name = rest.at(-1)
  if (name === undefined || name === '') return undefined
  const arn = `arn:${partition}:sts::${account}:assumed-role/${name}/${SESSION}`
  return sessionOf(text, { account, arn, roleArn: text })
}

/** The path of the role does not stand in a session's ARN: without anybody who knows, it is none. */
function readSession({ text, partition, account, rest }: Written): Asker | undefined {
  const [role, session, ...more] = rest
  if (role === undefined || role === '' || session === undefined || session === '' || more.length > 0) return undefined
  return sessionOf(text, { account, arn: text, roleArn: `arn:${partition}:iam::${account}:role/${role}` })
}

/** A unique id that no policy names. */
const UNKNOWN = 'unknown'

function sessionOf(
  name: string,
  who: { readonly account: string; readonly arn: string; readonly roleArn: string },
): Asker {
  return asker(
    name,
    { kind: 'role-session', ...who, roleUniqueId: UNKNOWN },
    {
      'aws:principalarn': who.roleArn,
      'aws:principalaccount': who.account,
      'aws:principaltype': 'AssumedRole',
    },
  )
}

function readProvider({ text, account, rest }: Written): Asker | undefined {
  if (rest.join('/') === '') return undefined
  const keys = { 'aws:federatedprovider': text, 'aws:principalaccount': account }
  return asker(text, { kind: 'web-identity', account, providerArn: text }, keys)
}

function asker(name: string, principal: PolicyPrincipal, keys: Readonly<Record<string, string>>): Asker {
  const isService = principal.kind === 'service'
  const always = isService ? [] : [['aws:principalisawsservice', 'false'] as const]
  return { name, principal, keys: new Map([['aws:viaawsservice', 'false'], ...always, ...Object.entries(keys)]) }
}
