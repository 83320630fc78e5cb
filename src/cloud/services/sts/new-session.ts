import {
  type Complete,
  type Instant,
  PolicyError,
  parseArn,
  plusSeconds,
  type Seconds,
  seconds,
} from '../../../core/index.ts'
import { parsePolicyDocument } from '../../../standards/policy/index.ts'
import type { IdentityReader, Role } from '../../identity/index.ts'
import type { Judged } from '../../operation.ts'
import { type IssuedSession, type SessionDraft, type Sessions, SessionTooLargeError } from '../../session/index.ts'
import {
  durationExceedsChaining,
  durationExceedsRole,
  malformedPolicy,
  memberNotImplemented,
  packedTooLarge,
  policiesTooLong,
  policyArnMissing,
  policyNotAttachable,
  tooManyPolicyArns,
} from './errors.ts'
import type { Labels, SessionInput } from './model.ts'

const DEFAULT_DURATION = seconds(3600)
/** SPEC: "Role chaining limits your session to a maximum of one hour" (API of AssumeRole). */
const LONGEST_CHAINED = seconds(3600)
const MOST_POLICY_ARNS = 10
const LONGEST_POLICIES = 2048

/**
 * The role of that ARN, if it still is the one whose trust policy was judged: what was let in with one policy
 * does not enter under another.
 */
export function roleAsJudged(
  identity: Pick<IdentityReader, 'findRoleByArn'>,
  roleArn: string,
  judged: readonly Judged[],
): Role | undefined {
  const role = identity.findRoleByArn(roleArn)
  const judgedText = judged[0]?.requirement.resourcePolicy?.document.text
  return role !== undefined && role.trustPolicy.document.text === judgedText ? role : undefined
}

/** Everything that is asked of one session, whichever way it is assumed. */
export interface SessionOrder {
  readonly input: SessionInput
  readonly role: Role
  readonly now: Instant
  readonly labels: Labels
  /** What only this way of assuming knows. */
  readonly origin: Pick<SessionDraft, 'kind' | 'chainDepth' | 'webIdentity' | 'parentAccessKeyId'>
}

export interface SessionMakers {
  readonly identity: Pick<IdentityReader, 'findManagedPolicy'>
  readonly sessions: Pick<Sessions, 'issue'>
}

/** Checks in AWS's order, then makes the session. @throws ApiError ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge */
export function makeSession(order: SessionOrder, { identity, sessions }: SessionMakers): IssuedSession {
  const { input, role, now, labels, origin } = order
  if (input.MinimumSessionTokenSize !== undefined) throw memberNotImplemented('MinimumSessionTokenSize')
  const duration = durationOf(order)
  const { sessionPolicy, sessionPolicyArns } = sessionPolicies(input, role, identity)
  const draft: Complete<SessionDraft> = {
    kind: origin.kind,
    chainDepth: origin.chainDepth,
    webIdentity: origin.webIdentity,
    parentAccessKeyId: origin.parentAccessKeyId,
    tags: labels.tags,
    transitiveTagKeys: labels.transitiveTagKeys,
    sourceIdentity: labels.sourceIdentity,
    sessionPolicy,
    sessionPolicyArns,
    partition: role.partition,
    account: role.account,
    roleUniqueId: role.uniqueId,
    rolePath: role.path,
    roleName: role.name,
    sessionName: input.RoleSessionName,
    issuedAt: now,
    expiresAt: plusSeconds(now, duration),
  }
  try {
    return sessions.issue(draft)
  } catch (cause) {
    if (cause instanceof SessionTooLargeError) throw packedTooLarge(cause)
    throw cause
  }
}

function durationOf({ input, role, origin }: SessionOrder): Seconds {
  const { DurationSeconds = DEFAULT_DURATION } = input
  if (origin.chainDepth > 0 && DurationSeconds > LONGEST_CHAINED) throw durationExceedsChaining()
  if (DurationSeconds > role.maxSessionDurationSeconds) throw durationExceedsRole()
  return seconds(DurationSeconds)
}

function sessionPolicies(
  { Policy, PolicyArns = [] }: SessionInput,
  role: Role,
  identity: SessionMakers['identity'],
): Pick<SessionDraft, 'sessionPolicy' | 'sessionPolicyArns'> {
  if (PolicyArns.length > MOST_POLICY_ARNS) throw tooManyPolicyArns(PolicyArns.length)
  const sessionPolicyArns = PolicyArns.map(({ arn }, index) => {
    if (arn === undefined) throw policyArnMissing(index + 1)
    if (!isAttachable(arn, role) || identity.findManagedPolicy(arn) === undefined) throw policyNotAttachable(arn)
    return arn
  })
  checkLength([Policy ?? '', ...sessionPolicyArns])
  if (Policy !== undefined) checkPolicy(Policy)
  return { sessionPolicy: Policy, sessionPolicyArns }
}

/** SPEC: "the plaintext that you use for both inline and managed session policies can't exceed 2,048 characters". */
function checkLength(texts: readonly string[]): void {
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length > LONGEST_POLICIES) throw policiesTooLong(Math.ceil((100 * length) / LONGEST_POLICIES))
}

/** SPEC: "The policies must exist in the same account as the role", or be AWS's own. */
function isAttachable(arn: string, role: Role): boolean {
  const account = parseArn(arn)?.account
  return account === role.account || account === 'aws'
}

function checkPolicy(text: string): void {
  try {
    parsePolicyDocument(text, 'session')
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(error)
    throw error
  }
}
