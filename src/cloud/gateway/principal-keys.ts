import { renderIsoSeconds } from '../../core/index.ts'
import type { WebIdentityToken } from '../../standards/oidc/index.ts'
import type { Asker } from '../operation.ts'

type KeyValue = string | readonly string[] | undefined
type PrincipalKeys = {
  readonly [Kind in Asker['kind']]: (principal: Extract<Asker, { kind: Kind }>, key: string) => KeyValue
}

/** A context key that says who asks; `key` is in lower case. Undefined when the request has no such key. */
export function findPrincipalKey(principal: Asker, key: string): KeyValue {
  const find = KEYS[principal.kind] as (principal: Asker, key: string) => KeyValue
  return find(principal, key)
}

const KEYS: PrincipalKeys = {
  'assumed-role': (principal, key) =>
    fixed(ROLE_KEYS, principal, key) ?? tagOf(principal, key) ?? federatedKey(principal, key),
  'iam-user': (principal, key) => fixed(USER_KEYS, principal, key),
  'web-identity': (principal, key) => fixed(TOKEN_KEYS, principal, key) ?? claimOf(principal, key),
  service: (principal, key) => fixed(SERVICE_KEYS, principal, key),
  anonymous: (_principal, key) => ANONYMOUS_KEYS.get(key),
}

type Of<Kind extends Asker['kind']> = Extract<Asker, { kind: Kind }>
type Find<Kind extends Asker['kind']> = (principal: Of<Kind>) => KeyValue
type Fixed<Kind extends Asker['kind']> = ReadonlyMap<string, Find<Kind>>

function fixed<Kind extends Asker['kind']>(keys: Fixed<Kind>, principal: Of<Kind>, key: string): KeyValue {
  return keys.get(key)?.(principal)
}

const ANONYMOUS_KEYS = new Map<string, string>([
  ['aws:principaltype', 'Anonymous'],
  ['aws:userid', 'anonymous'],
])

const USER_KEYS = new Map<string, Find<'iam-user'>>([
  ['aws:principalarn', ({ arn }) => arn],
  ['aws:principalaccount', ({ account }) => account],
  ['aws:principaltype', () => 'User'],
  ['aws:userid', ({ userId }) => userId],
  ['aws:username', ({ userName }) => userName],
])

// SPEC: aws:PrincipalArn of a session is its role, not the session (IAM User Guide, global condition keys).
const ROLE_KEYS = new Map<string, Find<'assumed-role'>>([
  ['aws:principalarn', ({ role }) => role.arn],
  ['aws:principalaccount', ({ account }) => account],
  ['aws:principaltype', () => 'AssumedRole'],
  ['aws:userid', ({ userId }) => userId],
  ['aws:tokenissuetime', ({ session }) => renderIsoSeconds(session.issuedAt)],
  ['aws:multifactorauthpresent', () => 'false'],
  ['aws:sourceidentity', ({ session }) => session.sourceIdentity],
  ['aws:federatedprovider', ({ session }) => session.webIdentity?.providerArn],
])

// SPEC: a service principal has no ARN, no account and no id (IAM User Guide, global condition keys).
const SERVICE_KEYS = new Map<string, Find<'service'>>([
  ['aws:principalservicename', ({ name }) => name],
  ['aws:principalservicenameslist', ({ name }) => [name]],
])

const TOKEN_KEYS = new Map<string, Find<'web-identity'>>([
  ['aws:federatedprovider', ({ provider }) => provider.arn],
  ['aws:principalaccount', ({ account }) => account],
  ['aws:userid', ({ provider, token }) => `${provider.arn}:${token.audience}:${token.subject}`],
])

const TAG_PREFIX = 'aws:principaltag/'

/** SPEC: tags of the session override those of the role; tag keys are compared without regard to case. */
function tagOf({ session, role }: Of<'assumed-role'>, key: string): KeyValue {
  if (!key.startsWith(TAG_PREFIX)) return undefined
  const name = key.slice(TAG_PREFIX.length)
  return tagIn(session.tags, name) ?? tagIn(role.tags, name)
}

function tagIn(tags: ReadonlyMap<string, string>, lowerCaseName: string): string | undefined {
  for (const [name, value] of tags) if (name.toLowerCase() === lowerCaseName) return value
  return undefined
}

/** SPEC: of the token's claims only these outlive the exchange ("Available keys for AWS OIDC federation"). */
function federatedKey({ session: { webIdentity } }: Of<'assumed-role'>, key: string): KeyValue {
  if (webIdentity === undefined) return undefined
  const claim = suffixAfter(webIdentity.issuerHostPath, key)
  if (claim === 'sub') return webIdentity.subject
  if (claim === 'aud') return webIdentity.audience
  return claim === 'amr' ? webIdentity.methods : undefined
}

function claimOf({ provider, token }: Of<'web-identity'>, key: string): KeyValue {
  const claim = suffixAfter(provider.url, key)
  return claim === undefined ? undefined : CLAIMS.get(claim)?.(token)
}

const CLAIMS = new Map<string, (token: WebIdentityToken) => KeyValue>([
  ['sub', ({ subject }) => subject],
  ['aud', ({ audience }) => audience],
  ['oaud', ({ originalAudiences }) => originalAudiences],
  ['amr', ({ claims }) => listOf(claims.amr)],
])

function listOf(value: unknown): KeyValue {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
}

/** What follows `<issuer>:` in a key; undefined for a key of somebody else's. */
function suffixAfter(issuerHostPath: string, key: string): string | undefined {
  const prefix = `${issuerHostPath.toLowerCase()}:`
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined
}
