import { type DimensionMatch, matchesWildcards, type StatementExplanation } from '../../standards/policy/index.ts'
import type { CauseName } from './causes.ts'
import { type Denial, type Finding, missed, type Requester } from './finding.ts'
import { statementName } from './nearest.ts'

/** Why a trust policy did not let a principal in: everything AWS answers with the one sentence `Not authorized to perform …`. */
export function causeOfTrust(denial: Denial): Finding {
  const { judged, explanation, requester } = denial
  const { requirement } = judged
  if (requirement.resourcePolicy === undefined) return { name: 'role-missing', wanted: [requirement.resource] }
  const [near] = explanation.nearest
  const further = FURTHER_ACTIONS.get(requirement.action.toLowerCase())
  if (further !== undefined) return { name: further, ...serviceSummary(denial) }
  if (near === undefined) return { name: 'wrong-action-or-principal', ...principalFix(denial) }
  const misses = near.dimensions.filter(({ matches }) => !matches)
  const byPrincipal = misses.find(({ dimension }) => dimension === 'principal')
  if (byPrincipal !== undefined) return causeOfPrincipal(byPrincipal, denial)
  const byAction = misses.find(({ dimension }) => dimension === 'action')
  if (byAction !== undefined) return { name: 'wrong-action-or-principal', ...missed(byAction), ...principalFix(denial) }
  const byCondition = misses.find(({ dimension }) => dimension === 'condition')
  if (byCondition === undefined) return { name: 'wrong-action-or-principal', ...principalFix(denial) }
  return causeOfCondition(byCondition, near, requester)
}

const FURTHER_ACTIONS: ReadonlyMap<string, CauseName> = new Map([
  ['sts:tagsession', 'tag-session-missing'],
  ['sts:setsourceidentity', 'source-identity-missing'],
] as const)

function causeOfPrincipal(miss: DimensionMatch, denial: Denial): Finding {
  const { requester } = denial
  const arn = requester.kind === 'web-identity' ? requester.providerArn : undefined
  const providers = miss.wanted.filter((value) => value.includes(':oidc-provider/'))
  if (arn === undefined || providers.length === 0) {
    return { name: 'wrong-action-or-principal', ...missed(miss), ...principalFix(denial) }
  }
  const isSame = providers.some((value) => bare(value) === bare(arn))
  return {
    name: isSame ? 'scheme-or-slash' : 'stale-issuer',
    ...missed(miss),
    fix: `write ${arn} under Principal.Federated`,
  }
}

function principalFix({ judged, requester }: Denial): Pick<Finding, 'fix'> {
  const { action } = judged.requirement
  if (requester.kind === 'anonymous') return {}
  return {
    fix: `let a statement of the trust policy allow ${action} to ${JSON.stringify(principalElement(requester))}`,
  }
}

/** How a `Principal` element names them. */
function principalElement(requester: Exclude<Requester, { kind: 'anonymous' }>): Readonly<Record<string, string>> {
  switch (requester.kind) {
    case 'web-identity':
      return { Federated: requester.providerArn }
    case 'service':
      return { Service: requester.name }
    case 'role':
    case 'user':
    case 'other':
      return { AWS: requester.arn }
  }
}

/** The cause's own sentence tells of a token, which a service brings none of. */
function serviceSummary({ requester, judged }: Denial): Pick<Finding, 'summary'> {
  if (requester.kind !== 'service') return {}
  return {
    summary: `${requester.name} sets session tags, and the trust policy does not allow ${judged.requirement.action}.`,
  }
}

function causeOfCondition(miss: DimensionMatch, near: StatementExplanation, requester: Requester): Finding {
  const { key = '', operator = '' } = miss
  const colon = key.lastIndexOf(':')
  const prefix = key.slice(0, Math.max(colon, 0))
  const claim = key.slice(colon + 1).toLowerCase()
  const issuer = requester.kind === 'web-identity' ? requester.issuer : undefined
  const place = `${operator} ${key} in ${statementName(near)} of the trust policy`
  const seen = missed(miss)
  if (issuer !== undefined && isIssuer(prefix) && prefix.toLowerCase() !== issuer.toLowerCase()) {
    const name = bare(prefix) === bare(issuer) ? 'scheme-or-slash' : 'stale-issuer'
    return {
      name,
      wanted: [key],
      got: [`${issuer}:${claim}`],
      fix: `write ${issuer}:${claim} instead of ${key} in ${statementName(near)} of the trust policy`,
    }
  }
  if (claim === 'sub' && issuer !== undefined) return causeOfSubject(miss, operator, place)
  const fix = seen.got?.[0] === undefined ? undefined : `let ${place} accept ${JSON.stringify(seen.got[0])}`
  const name = claim === 'aud' && issuer !== undefined ? 'trust-aud' : 'trust-condition'
  return { name, ...seen, ...(fix === undefined ? {} : { fix }) }
}

function causeOfSubject(miss: DimensionMatch, operator: string, place: string): Finding {
  const seen = missed(miss)
  const subject = seen.got?.[0] ?? ''
  const isEquals = operator.toLowerCase().includes('stringequals')
  const wildcard = miss.wanted.find((value) => /[*?]/.test(value) && matchesWildcards(value, subject))
  if (isEquals && wildcard !== undefined) {
    return {
      name: 'wildcard-equals',
      ...seen,
      fix: `use StringLike for ${JSON.stringify(wildcard)}, or accept exactly ${JSON.stringify(subject)} in ${place}`,
    }
  }
  const other = miss.wanted[0] === undefined ? '' : `run the pod as ${miss.wanted[0]}, or `
  return { name: 'trust-sub', ...seen, fix: `${other}let ${place} accept ${JSON.stringify(subject)} as well` }
}

/** Condition keys of issuers start with a host name; those of AWS with a service's name. */
const isIssuer = (prefix: string): boolean => prefix.includes('.') || prefix.includes('/')

/** An issuer or a provider's ARN, without what people write too much: scheme, slash at the end, case, port. */
function bare(text: string): string {
  return text
    .toLowerCase()
    .replace('https://', '')
    .replace(/:443(?=\/|$)/, '')
    .replace(/\/+$/, '')
}
