import { type ApiError, parseArn } from '../../core/index.ts'
import type { Asker, Refusal } from '../operation.ts'
import { causeOfDenial } from './cause-of-denial.ts'
import { causeOfSignature } from './cause-of-signature.ts'
import { causeOfToken } from './cause-of-token.ts'
import { causeNamed } from './causes.ts'
import type { Finding, Requester } from './finding.ts'
import { ladderOf } from './ladder.ts'
import type { DenialCall, DenialRecord } from './model.ts'
import { recordStatements } from './statement-record.ts'

/** The whole story of one refusal, under `id`. */
export function describeRefusal(id: string, refusal: Refusal, call: DenialCall, answer: ApiError): DenialRecord {
  const finding = findCause(refusal)
  const cause = causeNamed(finding.name)
  const rung = finding.rung ?? cause.rung
  const { wanted, got, differsAt } = finding
  return {
    id,
    time: new Date(call.time).toISOString(),
    requestId: call.requestId,
    ...(call.account === undefined ? {} : { account: call.account }),
    ...resourceAccountOf(refusal),
    service: call.service,
    operation: call.operation,
    region: call.region,
    sourceIp: call.sourceIp,
    answer: { status: answer.httpStatus, code: answer.code, message: answer.message },
    code: cause.code,
    name: cause.name,
    awsCode: answer.code,
    ...whoAndWhat(refusal, call),
    rung,
    ladder: ladderOf(refusal, rung),
    ...(wanted === undefined ? {} : { wanted }),
    ...(got === undefined ? {} : { got }),
    ...(differsAt === undefined ? {} : { differsAt }),
    nearest: finding.nearest ?? [],
    ...policiesOf(refusal),
    fix: finding.fix ?? cause.fix,
    summary: finding.summary ?? cause.summary,
  }
}

function policiesOf(refusal: Refusal): Pick<DenialRecord, 'statements' | 'context'> {
  if (refusal.kind !== 'denial') return {}
  const { explanation, context } = refusal
  const statements = recordStatements(explanation.nearest)
  return { statements, ...(context === undefined ? {} : { context }) }
}

function findCause(refusal: Refusal): Finding {
  if (refusal.kind === 'token') return causeOfToken(refusal)
  return refusal.kind === 'signature'
    ? causeOfSignature(refusal.error)
    : causeOfDenial({ ...refusal, requester: requesterOf(askerOf(refusal)) })
}

type Denied = Extract<Refusal, { kind: 'denial' }>

const askerOf = ({ judged, principal }: Denied): Asker => judged.requirement.by ?? principal

/** A session by its role: its own ARN changes with every call. */
function requesterOf(principal: Asker): Requester {
  switch (principal.kind) {
    case 'anonymous':
    case 'service':
      return principal
    case 'web-identity':
      return { kind: principal.kind, providerArn: principal.provider.arn, issuer: principal.provider.url }
    case 'assumed-role':
      return { kind: 'role', arn: principal.role.arn, name: principal.role.name }
    case 'iam-user':
      return { kind: 'user', arn: principal.arn, name: principal.userName }
  }
}

function resourceAccountOf(refusal: Refusal): Pick<DenialRecord, 'resourceAccount'> {
  if (refusal.kind === 'signature') return {}
  const account =
    refusal.kind === 'denial' ? refusal.judged.requirement.resourceAccount : parseArn(refusal.roleArn ?? '')?.account
  return account === undefined || account === '' ? {} : { resourceAccount: account }
}

function whoAndWhat(refusal: Refusal, call: DenialCall): Pick<DenialRecord, 'action' | 'resource' | 'principal'> {
  const named = `${call.service}:${call.operation}`
  if (refusal.kind === 'denial') {
    const { action, resource } = refusal.judged.requirement
    return { action, resource, principal: nameOf(askerOf(refusal)) }
  }
  if (refusal.kind === 'token') {
    const { subject, issuer } = refusal.error.facts
    return {
      action: named,
      resource: refusal.roleArn ?? '*',
      principal: subject ?? issuer ?? 'unknown',
    }
  }
  return { action: named, resource: '*', principal: refusal.error.facts.accessKeyId ?? 'unknown' }
}

function nameOf(principal: Asker): string {
  if (principal.kind === 'service') return principal.name
  if (principal.kind === 'anonymous') return 'anonymous'
  return principal.kind === 'web-identity' ? principal.token.subject : principal.arn
}
