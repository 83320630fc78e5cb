import { eachStatement, OF_TRUST } from '../each.ts'
import type { CheckTable, DraftStatement } from '../model.ts'

const GITHUB = 'token.actions.githubusercontent.com'
/** Issuers that IAM knows without a provider in the account. */
const WELL_KNOWN = ['accounts.google.com', 'cognito-identity.amazonaws.com', 'graph.facebook.com', 'www.amazon.com']

/** What a trust policy must ask of web identity tokens. */
export const WEB_IDENTITY_CHECKS = {
  MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL: {
    type: 'SECURITY_WARNING',
    message:
      'Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role.',
    kinds: OF_TRUST,
    find: eachStatement(function* find(statement) {
      for (const { issuer, path } of issuersOf(statement)) if (!asks(statement, `${issuer}:`)) yield { at: path }
    }),
  },
  MISSING_GITHUB_REPO_CONDITION_KEY: {
    type: 'SECURITY_WARNING',
    message:
      'Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value.',
    kinds: OF_TRUST,
    find: eachStatement(function* find(statement) {
      for (const { issuer, path } of issuersOf(statement))
        if (issuer === GITHUB && !asks(statement, `${GITHUB}:sub`)) yield { at: path }
    }),
  },
  SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED: {
    type: 'WARNING',
    message:
      'Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name.',
    kinds: OF_TRUST,
    find: eachStatement(function* find({ effect, conditions }) {
      if (effect !== 'Allow') return
      for (const { key, form, values } of conditions)
        if (key.toLowerCase() === `${GITHUB}:sub` && form?.name.endsWith('Like') === true)
          for (const { text, path } of values) if (text.includes('*')) yield { at: path }
    }),
  },
  CONFIRM_AUDIENCE_CLAIM_TYPE: {
    type: 'SUGGESTION',
    message:
      "The 'aud' (audience) claim key identifies the recipients that the JSON web token is intended for. Audience claims can be multivalued or single-valued. If the claim is multivalued, use a ForAllValues or ForAnyValue qualifier. If the claim is single-valued, do not use a qualifier.",
    kinds: OF_TRUST,
    find: eachStatement(function* find(statement) {
      const keys = new Set(issuersOf(statement).map(({ issuer }) => `${issuer}:aud`))
      for (const { key, path } of statement.conditions) if (keys.has(key.toLowerCase())) yield { at: path }
    }),
  },
} as const satisfies CheckTable

/** The OIDC providers that are let in, each by its issuer as condition keys begin with it, in lower case. */
function issuersOf({ effect, principals }: DraftStatement) {
  if (effect !== 'Allow' || principals?.not !== false) return []
  return principals.entries.flatMap(({ type, text, path }) => {
    if (type !== 'Federated') return []
    const [, provider] = /^arn:[^:]*:iam::\d{12}:oidc-provider\/(.+)$/.exec(text) ?? []
    const issuer = provider ?? (WELL_KNOWN.includes(text) ? text : undefined)
    return issuer === undefined ? [] : [{ issuer: issuer.toLowerCase(), path }]
  })
}

const asks = ({ conditions }: DraftStatement, start: string): boolean =>
  conditions.some(({ key }) => key.toLowerCase().startsWith(start))
