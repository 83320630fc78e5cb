import { isDeepStrictEqual } from 'node:util'
import {
  type AuthorizationRequest,
  evaluate,
  explain,
  type NamedPolicy,
  type PolicyKind,
  type PolicySet,
  parsePolicyDocument,
} from '../../../src/standards/policy/index.ts'
import { naiveOutcome, type RawDocument, type RawRequest } from './naive.ts'
import { askAgain, randomRequest, seededTape } from './random-request.ts'

/** The request as the engine takes it; `policies` when they are parsed already. */
export function requestOf(raw: RawRequest, policies: PolicySet = policiesOf(raw)): AuthorizationRequest {
  const values = new Map(Object.entries(raw.values).map(([key, value]) => [key.toLowerCase(), value]))
  return {
    principal: raw.principal,
    action: raw.action,
    resource: raw.resource,
    resourceAccount: raw.resourceAccount,
    resourcePolicyKind: raw.resourcePolicyKind,
    keys: { get: (key) => values.get(key) },
    policies,
  }
}

export function policiesOf(raw: RawRequest): PolicySet {
  const { boundary, session, resourcePolicy, serviceControl, resourceControl, endpoint } = raw
  const named = (document: RawDocument, kind: PolicyKind): NamedPolicy => ({
    name: kind,
    document: parsePolicyDocument(JSON.stringify(document), kind),
  })
  const levels = (lists: readonly (readonly RawDocument[])[], kind: PolicyKind) =>
    lists.map((list) => list.map((document) => named(document, kind)))
  return {
    identity: raw.identity.map((document) => named(document, 'identity')),
    ...(boundary === undefined ? {} : { boundary: named(boundary, 'boundary') }),
    ...(session === undefined ? {} : { session: session.map((document) => named(document, 'session')) }),
    ...(resourcePolicy === undefined
      ? {}
      : { resource: named(resourcePolicy, raw.resourcePolicyKind === 'trust' ? 'trust' : 'resource') }),
    ...(serviceControl === undefined ? {} : { serviceControl: levels(serviceControl, 'service-control') }),
    ...(resourceControl === undefined ? {} : { resourceControl: levels(resourceControl, 'resource-control') }),
    ...(endpoint === undefined ? {} : { endpoint: named(endpoint, 'endpoint') }),
  }
}

const REQUESTS_A_SET = 4

/** Policies from that seed, and some requests to each of them. */
export function comparePairs(seed: number): readonly Comparison[] {
  const tape = seededTape(seed)
  const first = randomRequest(tape)
  const policies = policiesOf(first)
  return Array.from({ length: REQUESTS_A_SET }, () => compare(askAgain(tape, first), policies))
}

export interface Comparison {
  readonly outcome: string
  /** What each evaluator said; undefined when the compiled, the explaining and the naive one agree. */
  readonly difference: object | undefined
}

export function compare(raw: RawRequest, policies?: PolicySet): Comparison {
  const request = requestOf(raw, policies)
  const compiled = evaluate(request)
  const explained = explain(request)
  const naive = naiveOutcome(raw)
  const outcome = `${compiled.outcome} by ${compiled.decidedBy}`
  if (compiled.outcome === naive && isDeepStrictEqual(compiled, explained.decision)) {
    return { outcome, difference: undefined }
  }
  const brief = ({ outcome: said, decidedBy, because }: typeof compiled) =>
    `${said} by ${decidedBy}, statements ${because.map(({ policy, statement }) => `${policy.name} ${statement.index}`).join(', ')}`
  return { outcome, difference: { raw, compiled: brief(compiled), explained: brief(explained.decision), naive } }
}
