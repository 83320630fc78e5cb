import type { AuthorizationRequest, Effect, PolicyPrincipal, PrincipalEntry, Statement } from './model.ts'

/**
 * How closely a statement names the requester: more than one way leads to an allow, and they differ in what may still limit it.
 * `role`: a session through its role. `everyone`: through `*`. `direct`: by its own name.
 */
export const LEVELS = { none: 0, account: 1, role: 2, everyone: 3, direct: 4 } as const
export type Level = (typeof LEVELS)[keyof typeof LEVELS]

type Principals = NonNullable<Statement['principals']>
/** Who asks, and whether a boundary is set on it. */
export type Requester = Pick<AuthorizationRequest, 'principal' | 'policies'>
export type PrincipalTest = (requester: Requester) => Level

/** SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function compilePrincipals({ not, entries }: Principals, effect: Effect): PrincipalTest {
  const doubt = not === (effect === 'Deny') ? 'is-not' : 'may-be'
  if (!not) return ({ principal }) => highestLevel(entries, principal, doubt)
  return ({ principal, policies }) => {
    // SPEC: NotPrincipal with Deny always denies who has a permissions boundary, whatever it lists.
    if (effect === 'Deny' && policies.boundary !== undefined) return LEVELS.everyone
    return highestLevel(entries, principal, doubt) === LEVELS.none ? LEVELS.everyone : LEVELS.none
  }
}

function highestLevel(entries: readonly PrincipalEntry[], principal: PolicyPrincipal, doubt: Doubt): Level {
  let best: Level = LEVELS.none
  for (const entry of entries) {
    const level = levelOfEntry(entry, principal, doubt)
    if (level > best) best = level
  }
  return best
}

/**
 * What an entry is held for that we cannot tell, so that it never lets anybody in: a canonical user in an Allow is not the requester,
 * in a Deny it may be; with NotPrincipal the other way round.
 */
type Doubt = 'is-not' | 'may-be'

function levelOfEntry(entry: PrincipalEntry, principal: PolicyPrincipal, doubt: Doubt): Level {
  if (entry.type === 'AWS') return levelOfAws(entry.value, principal, doubt)
  if (entry.type === 'Federated')
    return principal.kind === 'web-identity' && principal.providerArn === entry.value ? LEVELS.direct : LEVELS.none
  if (entry.type === 'Service')
    return principal.kind === 'service' && principal.name === entry.value ? LEVELS.direct : LEVELS.none
  return doubt === 'may-be' && principal.kind !== 'anonymous' ? LEVELS.direct : LEVELS.none
}

function levelOfAws(value: string, principal: PolicyPrincipal, doubt: Doubt): Level {
  if (value === '*') return levelOfEveryone(principal, doubt)
  switch (principal.kind) {
    case 'anonymous':
    case 'service':
    // A token's holder is in no account before the role is assumed: only its provider is named.
    case 'web-identity':
      return LEVELS.none
    case 'root':
      return isAccount(value, principal) ? LEVELS.account : LEVELS.none
    case 'user':
      if (value === principal.arn || value === principal.uniqueId) return LEVELS.direct
      return isAccount(value, principal) ? LEVELS.account : LEVELS.none
    case 'role-session':
      if (value === principal.arn || isSameSession(value, principal.arn)) return LEVELS.direct
      if (value === principal.roleArn || value === principal.roleUniqueId) return LEVELS.role
      return isAccount(value, principal) ? LEVELS.account : LEVELS.none
  }
}

/** A trust policy that lets in `{"AWS": "*"}` lets in no tokens: for those the provider must be named. A Deny of it means everybody. */
function levelOfEveryone({ kind }: PolicyPrincipal, doubt: Doubt): Level {
  return kind === 'web-identity' && doubt === 'is-not' ? LEVELS.none : LEVELS.everyone
}

type InAccount = Extract<PolicyPrincipal, { readonly arn: string }>

/** `111122223333` and `arn:aws:iam::111122223333:root` are one; the account of another partition is another account. */
function isAccount(value: string, { account, arn }: InAccount): boolean {
  if (value === account) return true
  if (!value.endsWith(`:iam::${account}:root`)) return false
  return value === `${arn.slice(0, arn.indexOf(':', 'arn:'.length))}:iam::${account}:root`
}

/** Role names differ by more than case, session names do not. */
function isSameSession(value: string, arn: string): boolean {
  const slash = arn.lastIndexOf('/')
  if (value.length !== arn.length || value.slice(slash) !== arn.slice(slash)) return false
  return value.includes(':assumed-role/') && value.toLowerCase() === arn.toLowerCase()
}
