import { type IssuedSession, sessionArnOf } from '../../session/index.ts'

/** The members that every way to a session answers, named as in AWS's API; undefined ones are not there. This is where a secret key leaves the house. */
export function renderIssued({ credentials, session, packedPolicySizePercent }: IssuedSession) {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey.reveal(),
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: `${session.roleUniqueId}:${session.sessionName}`, Arn: sessionArnOf(session) },
    PackedPolicySize: packedPolicySizePercent,
    SourceIdentity: session.sourceIdentity,
  }
}
