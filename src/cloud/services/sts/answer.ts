import { type IssuedSession, sessionArnOf } from '../../session/index.ts'

/** The members that every way to a session answers, named as in AWS's API. This is where a secret key leaves the house. */
export function renderIssued({
  credentials,
  session,
  packedPolicySizePercent,
}: IssuedSession): Record<string, unknown> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey.reveal(),
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: `${session.roleUniqueId}:${session.sessionName}`, Arn: sessionArnOf(session) },
    ...(packedPolicySizePercent === undefined ? {} : { PackedPolicySize: packedPolicySizePercent }),
    ...(session.sourceIdentity === undefined ? {} : { SourceIdentity: session.sourceIdentity }),
  }
}
