import { renderTrailTime } from '../../../core/index.ts'
import type { Role } from '../../identity/index.ts'
import type { Asker, FurtherEvent } from '../../operation.ts'
import { type IssuedSession, sessionArnOf } from '../../session/index.ts'
import type { Exchange } from './model.ts'
import { durationOf, firstSession } from './session-of-role.ts'
import { AUDIENCE } from './verify-token.ts'

/** What CloudTrail writes in the place of something that it must not write. */
export const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/** SPEC: CloudTrail tells of every role that EKS assumes for a pod as a call of STS, with the tags that say for which pod. */
export function assumptionsOf(exchange: Exchange, issued: IssuedSession): readonly FurtherEvent[] {
  const [role, target] = exchange.roles
  if (role === undefined) return []
  const byService = { by: { kind: 'service', name: AUDIENCE }, tags: exchange.tags } as const
  if (target === undefined) return [assumption(role, { ...byService, exchange, issued })]
  const { externalId } = exchange.identity
  const bySession = { by: firstSession(role, exchange), tags: new Map<string, string>(), externalId }
  return [assumption(role, { ...byService, exchange }), assumption(target, { ...bySession, exchange, issued })]
}

interface Assumption {
  readonly by: Asker
  readonly exchange: Exchange
  /** That this call sets; inherited ones are told by the call before. */
  readonly tags: ReadonlyMap<string, string>
  readonly externalId?: string | undefined
  /** What came of it; nobody ever has the credentials of a session that only leads on. */
  readonly issued?: IssuedSession
}

function assumption(role: Role, { by, exchange, tags, externalId, issued }: Assumption): FurtherEvent {
  const { sessionName } = exchange
  return {
    by,
    through: AUDIENCE,
    account: role.account,
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    requestParameters: {
      roleArn: role.arn,
      roleSessionName: sessionName,
      durationSeconds: durationOf(exchange),
      ...(externalId === undefined ? {} : { externalId }),
      ...(tags.size === 0
        ? {}
        : { tags: [...tags].map(([key, value]) => ({ key, value })), transitiveTagKeys: [...tags.keys()] }),
    },
    responseElements: issued === undefined ? null : elementsOf(issued),
    resources: [{ type: 'AWS::IAM::Role', arn: role.arn, account: role.account }],
    ...(issued === undefined ? {} : { foundBy: namesOf(issued) }),
  }
}

const assumedRoleIdOf = ({ session }: IssuedSession): string => `${session.roleUniqueId}:${session.sessionName}`

function elementsOf(issued: IssuedSession): Record<string, unknown> {
  const { credentials, session, packedPolicySizePercent } = issued
  return {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      sessionToken: HIDDEN,
      expiration: renderTrailTime(credentials.expiration),
    },
    assumedRoleUser: { assumedRoleId: assumedRoleIdOf(issued), arn: sessionArnOf(session) },
    ...(packedPolicySizePercent === undefined ? {} : { packedPolicySize: packedPolicySizePercent }),
  }
}

function namesOf(issued: IssuedSession): readonly { readonly type: string; readonly name: string }[] {
  const { credentials, session } = issued
  const names = [sessionArnOf(session), assumedRoleIdOf(issued), session.sessionName]
  return [
    { type: 'AWS::IAM::AccessKey', name: credentials.accessKeyId },
    ...names.map((name) => ({ type: 'AWS::STS::AssumedRole', name })),
  ]
}
