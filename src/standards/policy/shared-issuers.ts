import { compileAction } from './actions.ts'
import type { PolicyDocument, Statement } from './model.ts'
import { parseOperator } from './operators/index.ts'
import { parsePattern, variablesOf } from './pattern.ts'

/**
 * Issuers that sign for many tenants, and the claim that tells a tenant. Whoever trusts one of them without asking for that claim
 * trusts everybody there.
 * SPEC: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
const TENANT_CLAIMS: ReadonlyMap<string, string> = new Map([
  ['token.actions.githubusercontent.com', 'sub'],
  ['vstoken.actions.githubusercontent.com', 'sub'],
  ['oidc-configuration.audit-log.githubusercontent.com', 'sub'],
  ['gitlab.com', 'sub'],
  ['agent.buildkite.com', 'sub'],
  ['app.terraform.io', 'sub'],
  ['oidc.codefresh.io', 'sub'],
  ['studio.datachain.ai/api', 'sub'],
  ['scalr.io', 'sub'],
  ['tokens.cloud.shisho.dev', 'sub'],
  ['proidc.upbound.io', 'sub'],
  ['api.pulumi.com/oidc', 'aud'],
  ['sandboxes.cloud', 'aud'],
  ['oidc.vercel.com', 'aud'],
  ['cognito-identity.amazonaws.com', 'aud'],
])

/** A statement that lets in every tenant of a shared issuer. */
export interface UnscopedIssuer {
  readonly statement: Statement
  /** Without a scheme, as condition keys have it. */
  readonly issuer: string
  /** The condition key that must be asked for, such as `gitlab.com:sub`. */
  readonly key: string
}

/** The first statement of a trust policy that AWS would refuse to take for that reason. Policies that are kept already may have it. */
export function findUnscopedIssuer(document: PolicyDocument): UnscopedIssuer | undefined {
  for (const statement of document.statements) {
    if (statement.effect !== 'Allow' || !letsInTokens(statement)) continue
    for (const issuer of issuersOf(statement)) {
      const claim = TENANT_CLAIMS.get(issuer)
      const key = `${issuer}:${claim ?? ''}`
      if (claim !== undefined && !isScoped(statement, key, document)) return { statement, issuer, key }
    }
  }
  return undefined
}

function letsInTokens({ actions }: Statement): boolean {
  const fits = actions.patterns.some((pattern) => compileAction(pattern)('sts:assumerolewithwebidentity'))
  return fits !== actions.not
}

function issuersOf({ principals }: Statement): readonly string[] {
  const federated = (principals?.entries ?? []).filter(({ type }) => type === 'Federated')
  return federated.map(({ value }) => value.slice(value.indexOf(':oidc-provider/') + 1).replace('oidc-provider/', ''))
}

const SCOPING: ReadonlySet<string> = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike'])

/** SPEC: a value may not consist of wildcards only; one such value among others lets everybody in as well. */
function isScoped({ conditions }: Statement, key: string, { version }: PolicyDocument): boolean {
  return conditions.some((condition) => {
    const name = parseOperator(condition.operator)?.name
    if (name === undefined || !SCOPING.has(name) || condition.key.toLowerCase() !== key) return false
    const wildcards = name === 'StringLike' ? 'read' : 'literal'
    return condition.values.every((value) => {
      const parts = parsePattern(value, { wildcards, variables: variablesOf(version) })
      return parts.some(({ kind }) => kind === 'text' || kind === 'variable')
    })
  })
}
