import { renderIsoSeconds } from '../../core/index.ts'
import type { Asker, Principal } from '../operation.ts'
import type { Journey } from './model.ts'

type Of<Kind extends Principal['kind']> = Extract<Principal, { kind: Kind }>

/** `Username` of LookupEvents: the user, the session's name, or the subject of the token. */
export function nameOfIdentity(principal: Principal | undefined): string | undefined {
  if (principal === undefined || principal.kind === 'anonymous') return undefined
  if (principal.kind === 'iam-user') return principal.userName
  return principal.kind === 'web-identity' ? principal.token.subject : principal.session.sessionName
}

/**
 * `userIdentity` of a record; of a caller who proved nothing it says no more than that.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function renderUserIdentity({ principal, provider, roleArn }: Journey): Record<string, unknown> {
  if (principal === undefined) {
    if (roleArn === undefined) return { type: 'Unknown' }
    return { type: 'WebIdentityUser', ...(provider === undefined ? {} : { identityProvider: provider.arn }) }
  }
  const render = RENDERERS[principal.kind] as (principal: Principal) => Record<string, unknown>
  return render(principal)
}

/** Who asked further on in a call, through which service. Its session has no access key: no credentials were made for it. */
export function renderAsker(asker: Asker, through: string): Record<string, unknown> {
  if (asker.kind === 'service') return { type: 'AWSService', invokedBy: asker.name }
  const render = RENDERERS[asker.kind] as (principal: Principal) => Record<string, unknown>
  const { accessKeyId: _none, ...identity } = render(asker)
  return { ...identity, invokedBy: through }
}

const RENDERERS: { readonly [Kind in Principal['kind']]: (principal: Of<Kind>) => Record<string, unknown> } = {
  anonymous: () => ({ type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' }),
  'iam-user': ({ userId, arn, account, accessKeyId, userName }) => ({
    type: 'IAMUser',
    principalId: userId,
    arn,
    accountId: account,
    accessKeyId,
    userName,
  }),
  'web-identity': ({ provider, token }) => ({
    type: 'WebIdentityUser',
    principalId: `${provider.arn}:${token.audience}:${token.subject}`,
    userName: token.subject,
    identityProvider: provider.arn,
  }),
  'assumed-role': ({ userId, arn, account, accessKeyId, session, role }) => ({
    type: 'AssumedRole',
    principalId: userId,
    arn,
    accountId: account,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.uniqueId,
        arn: role.arn,
        accountId: role.account,
        userName: role.name,
      },
      ...(session.webIdentity === undefined
        ? {}
        : { webIdFederationData: { federatedProvider: session.webIdentity.providerArn, attributes: {} } }),
      attributes: { creationDate: renderIsoSeconds(session.issuedAt), mfaAuthenticated: 'false' },
      ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
    },
  }),
}
