import type { AccountId } from '../../../core/index.ts'
import {
  type AuthorizationRequest,
  type ContextKeys,
  type Decision,
  evaluate,
  explain,
  type NamedPolicy,
  type PolicyPrincipal,
} from '../../../standards/policy/index.ts'
import { contextKeyNames } from './context-key-names.ts'
import { statementSpans } from './statement-positions.ts'

/** A policy, and how an answer calls where it comes from. */
export interface SourcedPolicy {
  readonly policy: NamedPolicy
  readonly sourceId: string
  readonly sourceType: 'user' | 'group' | 'role' | 'aws-managed' | 'user-managed' | 'resource' | 'none'
}

/** Whose requests are imagined, under which policies. */
export interface Simulation {
  readonly principal: PolicyPrincipal
  readonly identity: readonly SourcedPolicy[]
  readonly boundary?: SourcedPolicy
  readonly resource?: SourcedPolicy
  readonly keys: ContextKeys
}

export interface ImaginedRequest {
  readonly action: string
  readonly resource: string
  readonly resourceAccount: AccountId
}

const DECISIONS = {
  allow: 'allowed',
  'explicit-deny': 'explicitDeny',
  'implicit-deny': 'implicitDeny',
} as const satisfies Record<Decision['outcome'], string>

/** What would come of the request, by the engine that decides the real ones; an element of `EvaluationResults`. */
export function simulate(simulation: Simulation, imagined: ImaginedRequest): Readonly<Record<string, unknown>> {
  const { principal, identity, boundary, resource, keys } = simulation
  const request: AuthorizationRequest = {
    ...imagined,
    principal,
    keys,
    policies: {
      identity: identity.map(({ policy }) => policy),
      ...(boundary === undefined ? {} : { boundary: boundary.policy }),
      ...(resource === undefined ? {} : { resource: resource.policy }),
    },
  }
  const decision = evaluate(request)
  const sources = [...identity, ...[boundary, resource].filter((source) => source !== undefined)]
  return {
    EvalActionName: imagined.action,
    EvalResourceName: imagined.resource,
    EvalDecision: DECISIONS[decision.outcome],
    MatchedStatements: decision.because.map((reason) => renderReason(reason, sources)),
    MissingContextValues: contextKeyNames(sources.map(({ policy }) => policy)).filter(
      (name) => keys.get(name.toLowerCase()) === undefined,
    ),
    ...(boundary === undefined ? {} : { PermissionsBoundaryDecisionDetail: boundaryDetail(request) }),
  }
}

function renderReason({ policy, statement }: Decision['because'][number], sources: readonly SourcedPolicy[]) {
  const source = sources.find((one) => one.policy === policy)
  return {
    ...(source === undefined ? {} : { SourcePolicyId: source.sourceId, SourcePolicyType: source.sourceType }),
    ...statementSpans(policy.document.text)[statement.index],
  }
}

function boundaryDetail(request: AuthorizationRequest) {
  const rung = explain(request).rungs.find(({ policyType }) => policyType === 'boundary')
  return { AllowedByPermissionsBoundary: rung?.state === 'allows' }
}
