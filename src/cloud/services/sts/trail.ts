import { type AccountId, renderTrailTime } from '../../../core/index.ts'
import type { Operation, TrailShape } from '../../operation.ts'
import type { AssumeRoleInput, AssumeRoleWithWebIdentityInput } from './model.ts'
import { accountOfRoleArn } from './role-arn.ts'

/** What CloudTrail writes in the place of something that it must not write. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

// SPEC: CloudTrail records every way to a role as read-only (sample records of its user guide).
const assuming = { category: 'Management', readOnly: true, resources: roleOf, responseElements } as const

export const assumeRoleWithWebIdentityTrail: TrailShape<AssumeRoleWithWebIdentityInput> = {
  ...assuming,
  // INVARIANT: members are named one by one: the token is not among them.
  requestParameters: ({ RoleArn, RoleSessionName, DurationSeconds, Policy, PolicyArns, ProviderId }) =>
    present({
      roleArn: RoleArn,
      roleSessionName: RoleSessionName,
      durationSeconds: DurationSeconds,
      policy: Policy,
      policyArns: PolicyArns,
      providerId: ProviderId,
    }),
}

export const assumeRoleTrail: TrailShape<AssumeRoleInput> = {
  ...assuming,
  requestParameters: (input) =>
    present({
      roleArn: input.RoleArn,
      roleSessionName: input.RoleSessionName,
      durationSeconds: input.DurationSeconds,
      policy: input.Policy,
      policyArns: input.PolicyArns,
      tags: input.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
      transitiveTagKeys: input.TransitiveTagKeys,
      externalId: input.ExternalId,
      serialNumber: input.SerialNumber,
      sourceIdentity: input.SourceIdentity,
    }),
}

/** A call without parameters or elements worth a record. */
export const readingTrail = { category: 'Management', readOnly: true, requestParameters: () => null } as const

const GLOBAL_HOST = /^sts\.amazonaws\.com(:\d+)?$/i

/** SPEC: every record of STS tells which region served the call, and at which kind of endpoint. */
export function withRequestDetails(row: Operation): Operation {
  const callDetails: TrailShape<unknown>['callDetails'] = ({ region, origin }) => ({
    RequestDetails: {
      awsServingRegion: region,
      endpointType: GLOBAL_HOST.test(origin.host) ? 'global' : 'regional',
    },
  })
  return { ...row, trail: { ...row.trail, callDetails } }
}

function roleOf({ RoleArn }: { readonly RoleArn?: string }, callersAccount: AccountId) {
  if (RoleArn === undefined) return []
  return [{ type: 'AWS::IAM::Role', arn: RoleArn, account: accountOfRoleArn(RoleArn) ?? callersAccount }]
}

function responseElements(output: Record<string, unknown>): Record<string, unknown> {
  const { Credentials, AssumedRoleUser } = output as {
    readonly Credentials: { readonly AccessKeyId: string; readonly Expiration: number }
    readonly AssumedRoleUser: { readonly AssumedRoleId: string; readonly Arn: string }
  }
  return present({
    credentials: {
      accessKeyId: Credentials.AccessKeyId,
      sessionToken: HIDDEN,
      expiration: renderTrailTime(Credentials.Expiration),
    },
    subjectFromWebIdentityToken: output.SubjectFromWebIdentityToken,
    assumedRoleUser: { assumedRoleId: AssumedRoleUser.AssumedRoleId, arn: AssumedRoleUser.Arn },
    provider: output.Provider,
    audience: output.Audience,
    packedPolicySize: output.PackedPolicySize,
    sourceIdentity: output.SourceIdentity,
  })
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const name in members) if (members[name] !== undefined) found[name] = members[name]
  return found
}
