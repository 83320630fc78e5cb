import type { AccountId } from '../../../core/index.ts'
import type { Role } from '../../identity/index.ts'
import type { ApiCall, ApiResult, Judged, Principal, Requirement } from '../../operation.ts'
import { type IssuedSession, SessionTooLargeError, sessionArnOf } from '../../session/index.ts'
import { associationNotFound, clusterNotFound, notSigned, packedTooLarge, roleNotAssumable } from './errors.ts'
import { assumptionsOf } from './events.ts'
import type { AssumeRoleForPodIdentityInput, EksAuthOptions, Exchange } from './model.ts'
import { mayAssumeForPods, mayAssumeRoles } from './requirements.ts'
import { newSessionName, sessionTagsOf } from './session-facts.ts'
import { finalSession } from './session-of-role.ts'
import { AUDIENCE, verifyPodToken } from './verify-token.ts'

type Call = ApiCall<AssumeRoleForPodIdentityInput>

/** Exchanges that are under way, by the first thing that the gateway judges of them. */
export type Exchanges = WeakMap<Requirement, Exchange>

/** Of the caller: asked before anybody looks at the token. */
export async function requiredOfCaller(
  { pods }: EksAuthOptions,
  { input, region }: Call,
  principal: Principal,
): Promise<readonly Requirement[]> {
  const cluster = { name: input.clusterName, account: accountOf(principal), region }
  return [mayAssumeForPods(cluster, await pods.tagsOf(cluster))]
}

/**
 * Of the service, and of the role where it is to become another one.
 * @throws TokenError; ApiError ResourceNotFoundException
 */
export async function requiredOfService(
  options: EksAuthOptions,
  exchanges: Exchanges,
  { call, principal }: { readonly call: Call; readonly principal: Principal },
): Promise<readonly Requirement[]> {
  const { pods, identity: roles, randomness } = options
  const { input, region, time: now } = call
  const cluster = await pods.findCluster({ account: accountOf(principal), region }, input.clusterName)
  if (cluster === undefined) throw clusterNotFound(input.clusterName)
  const pod = await verifyPodToken(options, cluster, { jwt: input.token, now })
  const { namespace, serviceAccount } = pod
  const identity = await pods.find({ cluster, namespace, serviceAccount })
  if (identity === undefined) throw associationNotFound(namespace, serviceAccount)
  const { roleArn, targetRoleArn, disableSessionTags } = identity
  const arns = targetRoleArn === undefined ? [roleArn] : [roleArn, targetRoleArn]
  const exchange: Exchange = {
    pod,
    identity,
    now,
    sessionName: newSessionName(cluster, pod, randomness),
    tags: disableSessionTags ? new Map() : sessionTagsOf(cluster, pod),
    roles: arns.map((arn) => roles.findRoleByArn(arn)),
  }
  const requirements = mayAssumeRoles(cluster, exchange)
  for (const requirement of requirements) exchanges.set(requirement, exchange)
  return requirements
}

/** Credentials for what was judged. @throws ApiError AccessDeniedException, InvalidRequestException */
export async function assumeRoleForPodIdentity(
  options: EksAuthOptions,
  exchanges: Exchanges,
  judged: readonly Judged[],
): Promise<ApiResult> {
  const exchange = judged.map(({ requirement }) => exchanges.get(requirement)).find((one) => one !== undefined)
  if (exchange === undefined) throw roleNotAssumable()
  const issued = issue(options, roleOf(options, exchange), exchange)
  return { output: render(issued, exchange), further: assumptionsOf(exchange, issued) }
}

/** The role whose credentials are given, if all of them still are those whose trust policies were judged. */
function roleOf({ identity }: EksAuthOptions, { roles }: Exchange): Role {
  for (const role of roles) {
    const now = role === undefined ? undefined : identity.findRoleByArn(role.arn)
    const isSame =
      now?.uniqueId === role?.uniqueId && now?.trustPolicy.document.text === role?.trustPolicy.document.text
    if (now === undefined || !isSame) throw roleNotAssumable()
  }
  const last = roles.at(-1)
  if (last === undefined) throw roleNotAssumable()
  return last
}

function issue({ sessions }: EksAuthOptions, role: Role, exchange: Exchange): IssuedSession {
  try {
    return sessions.issue(finalSession(role, exchange))
  } catch (error) {
    if (error instanceof SessionTooLargeError) throw packedTooLarge(error)
    throw error
  }
}

/** Named as in AWS's API. This is where a secret key leaves the house. */
function render({ credentials, session }: IssuedSession, { pod, identity }: Exchange): Record<string, unknown> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  const { namespace, serviceAccount } = pod
  const { associationArn, associationId } = identity
  return {
    subject: { namespace, serviceAccount },
    audience: AUDIENCE,
    podIdentityAssociation: { associationArn, associationId },
    assumedRoleUser: { arn: sessionArnOf(session), assumeRoleId: `${session.roleUniqueId}:${session.sessionName}` },
    credentials: { sessionToken, secretAccessKey: secretAccessKey.reveal(), accessKeyId, expiration },
  }
}

/** @throws ApiError for a caller without an account: the gateway lets no unsigned call come here */
function accountOf(principal: Principal): AccountId {
  if (principal.kind === 'anonymous') throw notSigned()
  return principal.account
}
