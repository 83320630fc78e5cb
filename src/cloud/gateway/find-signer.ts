import { partitionOf, type Region, Secret, SignatureError } from '../../core/index.ts'
import type { PresentedCredentials } from '../../standards/sigv4/index.ts'
import type { IdentityReader } from '../identity/index.ts'
import type { Principal } from '../operation.ts'
import { type Sessions, sessionArnOf } from '../session/index.ts'

export interface SignerSources {
  readonly identity: IdentityReader
  readonly sessions: Sessions
}

/** Whose key it is said to be; a failure still has a secret to work with, which opens nothing. */
export type Signer =
  | { readonly principal: Principal; readonly secret: Secret }
  | { readonly failure: SignatureError; readonly secret: Secret }

const NO_SECRET = new Secret('no secret: the key is unknown')

/** The owner of the presented key. UNVERIFIED: that the signature is the owner's is still to be proven. */
export function findSigner(presented: PresentedCredentials, sources: SignerSources): Signer {
  try {
    const owner =
      presented.sessionToken === undefined
        ? userOf(presented, sources.identity)
        : sessionOf(presented, presented.sessionToken, sources)
    refuseOtherPartition(presented, owner)
    return owner
  } catch (failure) {
    if (failure instanceof SignatureError) return { failure, secret: NO_SECRET }
    throw failure
  }
}

/**
 * SPEC: a key is known in its own partition only. Without this, the region that a caller signs for would choose the ARN that a
 * resource is judged by, and a Deny that names the true one would not be found.
 */
function refuseOtherPartition({ accessKeyId, scope }: PresentedCredentials, { principal }: Owner): void {
  if (partitionOf(scope.region as Region) !== principal.partition)
    throw new SignatureError('unknown-key', 'the access key is of another partition', { accessKeyId })
}

interface Owner {
  readonly principal: Extract<Principal, { readonly accessKeyId: string }>
  readonly secret: Secret
}

function userOf({ accessKeyId }: PresentedCredentials, identity: IdentityReader): Owner {
  const key = identity.findAccessKey(accessKeyId)
  const user = key === undefined ? undefined : identity.findUser(key.account, key.userName)
  if (key === undefined || user === undefined)
    throw new SignatureError('unknown-key', 'no such access key', { accessKeyId })
  if (key.status !== 'Active') throw new SignatureError('inactive-key', 'the access key is inactive', { accessKeyId })
  const { account, partition, arn, uniqueId, name } = user
  return {
    principal: { kind: 'iam-user', account, partition, arn, userId: uniqueId, userName: name, accessKeyId },
    secret: key.secret,
  }
}

function sessionOf({ accessKeyId }: PresentedCredentials, token: string, { identity, sessions }: SignerSources): Owner {
  const { session, secretAccessKey } = sessions.open(token, accessKeyId)
  const role = identity.findRoleByUniqueId(session.roleUniqueId)
  if (role === undefined)
    throw new SignatureError('session-revoked', 'the role of the session is gone', { accessKeyId })
  return {
    principal: {
      kind: 'assumed-role',
      account: role.account,
      partition: role.partition,
      arn: sessionArnOf(session),
      userId: `${session.roleUniqueId}:${session.sessionName}`,
      accessKeyId,
      session,
      role,
    },
    secret: secretAccessKey,
  }
}
