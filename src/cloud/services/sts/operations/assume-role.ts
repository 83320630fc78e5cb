import type { ApiCall, ApiResult, Judged, Principal, Requirement } from '../../../operation.ts'
import { renderIssued } from '../answer.ts'
import { arnInvalid, deniedOutright, memberNotImplemented, mfaFailed } from '../errors.ts'
import { inheritedLabels, joinLabels, labelsOfInput } from '../labels.ts'
import type { AssumeRoleInput, Labels, StsOptions } from '../model.ts'
import { makeSession, roleAsJudged } from '../new-session.ts'
import { type Signer, signerOf } from '../principals.ts'
import { requirementsOf } from '../requirements.ts'
import { accountOfRoleArn } from '../role-arn.ts'

const ACTION = 'sts:AssumeRole'

/** @throws ApiError for what is no role, and for tags or a source identity that cannot be set */
export function requiredBySigner(
  { identity }: StsOptions,
  input: AssumeRoleInput,
  principal: Principal,
): readonly Requirement[] {
  const { RoleArn, RoleSessionName, ExternalId } = input
  const account = accountOfRoleArn(RoleArn)
  if (account === undefined) throw arnInvalid(RoleArn)
  const { passed, labels } = labelsFor(input, signerOf(principal))
  return requirementsOf({
    action: ACTION,
    roleArn: RoleArn,
    account,
    role: identity.findRoleByArn(RoleArn),
    sessionName: RoleSessionName,
    externalId: ExternalId,
    passed,
    labels,
  })
}

/** Credentials for a user or another role's session. @throws ApiError as errors.ts names them */
export async function assumeRole(
  options: StsOptions,
  { input, time }: ApiCall<AssumeRoleInput>,
  { principal, judged }: { readonly principal: Principal; readonly judged: readonly Judged[] },
): Promise<ApiResult> {
  const signer = signerOf(principal)
  // What is not understood is refused: to leave a second factor or a context aside would be to pretend it was checked.
  if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw mfaFailed()
  if (input.ProvidedContexts !== undefined) throw memberNotImplemented('ProvidedContexts')
  const role = roleAsJudged(options.identity, input.RoleArn, judged)
  if (role === undefined) throw deniedOutright(signer.arn, ACTION, input.RoleArn)
  const { labels } = labelsFor(input, signer)
  const issued = makeSession({ input, role, now: time, labels, origin: originOf(signer) }, options)
  return { output: renderIssued(issued) }
}

function labelsFor(input: AssumeRoleInput, signer: Signer): { readonly passed: Labels; readonly labels: Labels } {
  const passed = labelsOfInput(input)
  return { passed, labels: joinLabels(inheritedLabels(signer), passed) }
}

function originOf(signer: Signer) {
  if (signer.kind === 'iam-user') return { kind: 'assume-role', chainDepth: 0 } as const
  const { session, accessKeyId } = signer
  return { kind: 'assume-role', chainDepth: session.chainDepth + 1, parentAccessKeyId: accessKeyId } as const
}
