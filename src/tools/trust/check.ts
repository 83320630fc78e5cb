import { ConfigError, parseArn } from '../../core/index.ts'
import { peekToken } from '../../standards/oidc/index.ts'
import type { NamedPolicy } from '../../standards/policy/index.ts'
import { explainInquiry, type PolicyExplanation, type PolicyText, readAsker, readPolicy } from '../policy/index.ts'
import { lintTrust, type TrustFinding } from './lint.ts'

export interface TrustCheckOptions {
  readonly policy: PolicyText
  /** ARN of the role, where it is known. */
  readonly roleArn?: string
  /** Looked into and never verified: whether its signature holds nobody has asked. */
  readonly token?: string
}

export interface TrustCheck {
  readonly policy: string
  readonly findings: readonly TrustFinding[]
  /** What the policy makes of the token, taken at its word. */
  readonly token?: { readonly verified: false; readonly explanation: PolicyExplanation }
}

/**
 * Looks through a trust policy, and asks it about a token if there is one.
 * @throws PolicyTextError when it is no policy, TokenError when the token is none
 */
export function checkTrust({ policy: text, roleArn, token }: TrustCheckOptions): TrustCheck {
  const policy = readPolicy(text, 'trust')
  const account = roleArn === undefined ? undefined : parseArn(roleArn)?.account
  const findings = lintTrust(policy, account === undefined ? {} : { account })
  if (token === undefined) return { policy: text.name, findings }
  const explanation = askAboutToken(policy, token, roleArn)
  return { policy: text.name, findings, token: { verified: false, explanation } }
}

/** UNVERIFIED: the token's claims are taken for true; only what the policy would make of them is told. */
function askAboutToken(policy: NamedPolicy, jwt: string, roleArn: string | undefined): PolicyExplanation {
  const { issuer, subject, audiences, authorizedParty } = peekToken(jwt.trim())
  const hostPath = issuer.replace(/^https:\/\//, '')
  const account = (roleArn === undefined ? undefined : parseArn(roleArn)?.account) ?? accountOf(policy)
  const audience = authorizedParty ?? audiences[0]
  const partition = parseArn(roleArn ?? '')?.partition ?? 'aws'
  return explainInquiry({
    asker: readAsker(`arn:${partition}:iam::${account}:oidc-provider/${hostPath}`),
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: roleArn ?? `arn:${partition}:iam::${account}:role/unnamed`,
    context: {
      ...(subject === undefined ? {} : { [`${hostPath}:sub`]: subject }),
      ...(audience === undefined ? {} : { [`${hostPath}:aud`]: audience }),
    },
    policies: { identity: [], resource: policy },
  })
}

/** Without a role the account is that of the provider that the policy names. */
function accountOf({ document }: NamedPolicy): string {
  for (const { principals } of document.statements)
    for (const { type, value } of principals?.entries ?? [])
      if (type === 'Federated') return parseArn(value)?.account ?? ''
  throw new ConfigError('the trust policy names no OIDC provider', { hint: 'name the role with --role ARN' })
}
