import { describe, expect, it } from 'vitest'
import { findUnscopedIssuer } from './shared-issuers.ts'
import { ACCOUNT, policyOf } from './testing/requests.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const provider = (issuer: string) => ({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` })
const trust = (more: Record<string, unknown>) =>
  policyOf('trust', { Principal: provider(GITHUB), Action: 'sts:AssumeRoleWithWebIdentity', ...more }).document
const under = (operator: string, value: unknown, key = `${GITHUB}:sub`) =>
  trust({ Condition: { [operator]: { [key]: value } } })

describe('a trust policy for an issuer of many tenants', () => {
  it.each([
    ['no condition', trust({})],
    ['its audience only', under('StringEquals', 'sts.amazonaws.com', `${GITHUB}:aud`)],
    ['wildcards only', under('StringLike', '*')],
    ['other wildcards only', under('StringLike', '?*')],
    ['a wildcard among others', under('StringLike', ['repo:a/b:*', '*'])],
    ['an exclusion', under('StringNotEquals', 'repo:a/b:x')],
    ['a claim of another issuer', under('StringEquals', 'x', 'gitlab.com:sub')],
    [
      'Pulumi’s subject, where the audience tells',
      trust({
        Principal: provider('api.pulumi.com/oidc'),
        Condition: { StringEquals: { 'api.pulumi.com/oidc:sub': 'x' } },
      }),
    ],
    ['Cognito without a pool', trust({ Principal: { Federated: 'cognito-identity.amazonaws.com' } })],
    ['a wildcard for the action', trust({ Action: 'sts:*' })],
  ])('with %s is found', (_, document) => {
    expect(findUnscopedIssuer(document)?.statement).toBe(document.statements[0])
  })

  it.each([
    ['its subject', under('StringEquals', 'repo:a/b:ref:refs/heads/main')],
    ['its subject by a pattern', under('StringLike', 'repo:a/*')],
    ['its subject, the key in another case', under('StringLike', 'repo:a/*', `${GITHUB.toUpperCase()}:Sub`)],
    ['a Deny', trust({ Effect: 'Deny' })],
    ['another action', trust({ Action: 'sts:TagSession' })],
    ['an issuer of its own', trust({ Principal: provider('oidc.example.com/id/A1') })],
    ['an issuer below a shared host', trust({ Principal: provider(`${GITHUB}/octo`) })],
  ])('with %s is not', (_, document) => {
    expect(findUnscopedIssuer(document)).toBeUndefined()
  })

  it('is told the key that is missing', () => {
    expect(findUnscopedIssuer(trust({}))).toMatchObject({ issuer: GITHUB, key: `${GITHUB}:sub` })
  })
})
