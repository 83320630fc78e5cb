import { causeNamed, causeOfDenial, type Requester } from '../../cloud/denials/index.ts'
import {
  type DimensionMatch,
  explain,
  type RungState,
  type StatementExplanation,
} from '../../standards/policy/index.ts'
import type { Asker } from './asker.ts'
import { type Inquiry, requestOf } from './inquiry.ts'
import { issuerOf } from './issuer-of.ts'
import { findPatch, type PolicyPatch } from './patch.ts'
import { type DecidingStatement, type Verdict, verdictOf } from './verdict.ts'

/** Why an imagined request is allowed or not. Plain data. */
export interface PolicyExplanation extends Verdict {
  /** What each type of policy says, whatever the others say. */
  readonly rungs: readonly RungState[]
  /** The statements that decided, or the Allow statements that came nearest. */
  readonly nearest: readonly NearStatement[]
  /** Only for what is not allowed. */
  readonly denial?: DenialFinding
  /** What has to be said of the policies that were read, such as that one is not understood. */
  readonly notes: readonly string[]
}

export interface NearStatement extends DecidingStatement {
  readonly matches: boolean
  readonly dimensions: readonly DimensionMatch[]
}

export interface DenialFinding {
  /** `IRSA301` */
  readonly code: string
  /** `trust-sub` */
  readonly name: string
  readonly summary: string
  readonly wanted?: readonly string[]
  readonly got?: readonly string[]
  readonly differsAt?: number
  readonly fix: string
  readonly patch?: PolicyPatch
}

/** Decides as `simulate` does, and says why: the ladder, what came nearest, what was wanted and came, the smallest change. */
export function explainInquiry(inquiry: Inquiry, notes: readonly string[] = []): PolicyExplanation {
  const explanation = explain(requestOf(inquiry))
  const { decision, rungs, nearest } = explanation
  const isDenied = decision.outcome !== 'allow'
  return {
    ...verdictOf(inquiry, decision),
    rungs,
    nearest: nearest.map(nearStatementOf),
    ...(isDenied ? { denial: findingOf(inquiry, explanation) } : {}),
    notes,
  }
}

function nearStatementOf({ policy, statement, matches, dimensions }: StatementExplanation): NearStatement {
  const { index, sid, effect } = statement
  return {
    policy: policy.arn ?? policy.name,
    statement: index + 1,
    ...(sid === undefined ? {} : { sid }),
    effect,
    matches,
    dimensions,
  }
}

function findingOf(inquiry: Inquiry, explanation: ReturnType<typeof explain>): DenialFinding {
  const request = requestOf(inquiry)
  const { resource: resourcePolicy } = inquiry.policies
  const finding = causeOfDenial({
    judged: {
      requirement: {
        action: request.action,
        resource: request.resource,
        resourcePolicyKind: request.resourcePolicyKind ?? 'ordinary',
        ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      },
      decision: explanation.decision,
    },
    requester: requesterOf(inquiry.asker),
    explanation,
  })
  const cause = causeNamed(finding.name)
  const { wanted, got, differsAt } = finding
  const patch = findPatch(inquiry, explanation)
  return {
    code: cause.code,
    name: cause.name,
    summary: finding.summary ?? cause.summary,
    ...(wanted === undefined ? {} : { wanted }),
    ...(got === undefined ? {} : { got }),
    ...(differsAt === undefined ? {} : { differsAt }),
    fix: finding.fix ?? cause.fix,
    ...(patch === undefined ? {} : { patch }),
  }
}

function requesterOf({ principal }: Asker): Requester {
  switch (principal.kind) {
    case 'anonymous':
      return principal
    case 'service':
      return { kind: 'other', arn: principal.name }
    case 'root':
      return { kind: 'other', arn: principal.arn }
    case 'user':
      return { kind: 'user', arn: principal.arn, name: lastPart(principal.arn) }
    case 'role-session':
      return { kind: 'role', arn: principal.roleArn, name: lastPart(principal.roleArn) }
    case 'web-identity':
      return { kind: 'web-identity', providerArn: principal.providerArn, issuer: issuerOf(principal.providerArn) }
  }
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
