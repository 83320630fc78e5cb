import { plusSeconds, type Seconds, seconds } from '../../../core/index.ts'
import type { Role } from '../../identity/index.ts'
import type { Asker } from '../../operation.ts'
import { type AssumedRoleSession, type SessionDraft, sessionArnOf } from '../../session/index.ts'
import type { Exchange } from './model.ts'

/** SPEC: EKS asks for six hours. A role's own limit is for those who ask STS themselves, and not for services. */
const DURATION = seconds(6 * 3600)
/** SPEC: "Role chaining limits your session to a maximum of one hour" (API of AssumeRole). */
const CHAINED_DURATION = seconds(3600)

export function durationOf({ identity }: Pick<Exchange, 'identity'>): Seconds {
  return identity.targetRoleArn === undefined ? DURATION : CHAINED_DURATION
}

/** The session that the pod gets: of the role, or of the target role. */
export function finalSession(role: Role, exchange: Exchange): SessionDraft {
  const { policy, targetRoleArn } = exchange.identity
  const isChained = targetRoleArn !== undefined
  return {
    ...baseOf(role, exchange),
    expiresAt: plusSeconds(exchange.now, durationOf(exchange)),
    ...(policy === undefined ? {} : { sessionPolicy: policy }),
    chainDepth: isChained ? 1 : 0,
  }
}

/** The session that assumes the target role, as policies see it. It is nobody's: no credentials are made for it. */
export function firstSession(role: Role, exchange: Exchange): Asker {
  const draft = { ...baseOf(role, exchange), expiresAt: plusSeconds(exchange.now, CHAINED_DURATION), chainDepth: 0 }
  const session: AssumedRoleSession = { ...draft, sessionId: '', accessKeyId: '' }
  const { account, partition } = role
  const userId = `${role.uniqueId}:${exchange.sessionName}`
  return {
    kind: 'assumed-role',
    account,
    partition,
    arn: sessionArnOf(session),
    userId,
    accessKeyId: '',
    session,
    role,
  }
}

function baseOf(role: Role, { sessionName, tags, now }: Exchange): Omit<SessionDraft, 'expiresAt' | 'chainDepth'> {
  return {
    kind: 'assume-role',
    partition: role.partition,
    account: role.account,
    roleUniqueId: role.uniqueId,
    rolePath: role.path,
    roleName: role.name,
    sessionName,
    issuedAt: now,
    tags,
    transitiveTagKeys: [...tags.keys()],
    sessionPolicyArns: [],
  }
}
