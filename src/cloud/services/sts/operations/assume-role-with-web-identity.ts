import type { ApiCall, ApiResult, Judged, Principal, Requirement } from '../../../operation.ts'
import { renderIssued } from '../answer.ts'
import { notAuthorized, notLoginWithAmazon, requestArnInvalid } from '../errors.ts'
import type { AssumeRoleWithWebIdentityInput, StsOptions } from '../model.ts'
import { makeSession, roleAsJudged } from '../new-session.ts'
import { webIdentityOf } from '../principals.ts'
import { requirementsOf } from '../requirements.ts'
import { accountOfRoleArn } from '../role-arn.ts'
import { labelsOfToken } from '../token-labels.ts'
import { webIdentityOfToken } from '../token-session.ts'

const ACTION = 'sts:AssumeRoleWithWebIdentity'

/** Where token and role stand in the input. @throws ApiError when the role is none, or the token is to be another provider's kind */
export function tokenOfInput(input: AssumeRoleWithWebIdentityInput): {
  readonly jwt: string
  readonly roleArn: string
} {
  const { RoleArn, WebIdentityToken, ProviderId } = input
  if (accountOfRoleArn(RoleArn) === undefined) throw requestArnInvalid()
  // SPEC: "Do not specify this value for OpenID Connect ID tokens": it is for OAuth access tokens of two providers.
  if (ProviderId !== undefined) throw notLoginWithAmazon()
  return { jwt: WebIdentityToken, roleArn: RoleArn }
}

/** @throws ApiError for claims that cannot become tags or a source identity */
export function requiredByToken(
  { identity }: StsOptions,
  input: AssumeRoleWithWebIdentityInput,
  principal: Principal,
): readonly Requirement[] {
  const { RoleArn, RoleSessionName } = input
  const account = accountOfRoleArn(RoleArn)
  if (account === undefined) throw requestArnInvalid()
  const labels = labelsOfToken(input, webIdentityOf(principal).token.claims)
  const role = identity.findRoleByArn(RoleArn)
  return requirementsOf({
    action: ACTION,
    roleArn: RoleArn,
    account,
    role,
    sessionName: RoleSessionName,
    passed: labels,
    labels,
  })
}

/** Credentials for the holder of a token whom the role's trust policy lets in. @throws ApiError as errors.ts names them */
export async function assumeRoleWithWebIdentity(
  options: StsOptions,
  { input, time }: ApiCall<AssumeRoleWithWebIdentityInput>,
  { principal, judged }: { readonly principal: Principal; readonly judged: readonly Judged[] },
): Promise<ApiResult> {
  const { token, provider } = webIdentityOf(principal)
  const role = roleAsJudged(options.identity, input.RoleArn, judged)
  if (role === undefined) throw notAuthorized(ACTION)
  const labels = labelsOfToken(input, token.claims)
  const webIdentity = webIdentityOfToken(token, provider)
  const origin = { kind: 'web-identity', chainDepth: 0, webIdentity } as const
  const issued = makeSession({ input, role, now: time, labels, origin }, options)
  const { Credentials, AssumedRoleUser, PackedPolicySize, SourceIdentity } = renderIssued(issued)
  const output = {
    Credentials,
    AssumedRoleUser,
    PackedPolicySize,
    SourceIdentity,
    SubjectFromWebIdentityToken: token.subject,
    // SPEC: real records have the provider's ARN here, whatever the reference says of `iss`.
    Provider: provider.arn,
    Audience: token.audience,
  }
  if (labels.tags.size === 0) return { output }
  return { output, additionalEventData: { principalTags: Object.fromEntries(labels.tags) } }
}
