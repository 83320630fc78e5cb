import type { ContextKeys } from '../../standards/policy/index.ts'
import type { Asker, ContextValue, Requirement } from '../operation.ts'

/** Keys that any request may have, as AWS spells them. TWIN: the tables of context-keys.ts, organization-keys.ts and principal-keys.ts */
const GLOBAL_KEYS = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:SecureTransport',
  'aws:SourceIp',
  'aws:UserAgent',
  'aws:Referer',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:ViaAWSService',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalType',
  'aws:userid',
  'aws:username',
  'aws:TokenIssueTime',
  'aws:MultiFactorAuthPresent',
  'aws:SourceIdentity',
  'aws:FederatedProvider',
] as const
const CLAIMS = ['sub', 'aud', 'oaud', 'amr'] as const
/** A caller chooses some of them, and every refusal is kept. */
const LONGEST_VALUE = 1024

/** Everything that a policy could have asked of a request, by the names that AWS gives it: for whoever looks into its refusal. */
export function contextValuesOf(
  keys: ContextKeys,
  principal: Asker,
  { contextKeys = {} }: Requirement,
): readonly ContextValue[] {
  const names = [...Object.keys(contextKeys), ...GLOBAL_KEYS, ...namesOf(principal)]
  return names.flatMap((key): ContextValue[] => {
    const value = keys.get(key.toLowerCase())
    if (value === undefined) return []
    return [{ key, values: (typeof value === 'string' ? [value] : value).map((one) => one.slice(0, LONGEST_VALUE)) }]
  })
}

function namesOf(principal: Asker): readonly string[] {
  switch (principal.kind) {
    case 'assumed-role': {
      const { session, role } = principal
      return [...tagKeys(session.tags, role.tags), ...claimKeys(session.webIdentity?.issuerHostPath)]
    }
    case 'web-identity':
      return claimKeys(principal.provider.url)
    case 'iam-user':
    case 'service':
    case 'anonymous':
      return []
  }
}

/** A tag of the session hides the role's of the same name, whatever its case. */
function tagKeys(...sources: readonly ReadonlyMap<string, string>[]): readonly string[] {
  const names = new Map<string, string>()
  for (const source of sources)
    for (const name of source.keys()) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  return [...names.values()].map((name) => `aws:PrincipalTag/${name}`)
}

const claimKeys = (issuer: string | undefined): readonly string[] =>
  issuer === undefined ? [] : CLAIMS.map((claim) => `${issuer}:${claim}`)
