import { loadWholeCatalogue } from '../../cloud/catalogue/index.ts'
import type { PolicyKind } from '../../standards/policy/index.ts'
import {
  FINDING_TYPES,
  type Finding,
  type FindingType,
  findFindings,
  guessKind,
} from '../../standards/policy-findings/index.ts'
import { type PolicyText, PolicyTextError, readPolicy } from './read-policy.ts'

/** What people call the kinds of policy. */
export const POLICY_TYPES = {
  identity: 'identity',
  resource: 'resource',
  trust: 'trust',
  scp: 'service-control',
  rcp: 'resource-control',
  session: 'session',
  boundary: 'boundary',
  endpoint: 'endpoint',
} as const satisfies Record<string, PolicyKind>

export type PolicyTypeName = keyof typeof POLICY_TYPES

/** What there is to say about one document. Plain data. */
export interface PolicyReport {
  /** As people call the document: a file's path, or `-`. */
  readonly policy: string
  readonly type: PolicyTypeName
  /** By what the type was told, where nobody had said it. */
  readonly guessedBecause?: string
  /** Gravest first. */
  readonly findings: readonly Finding[]
}

/**
 * What AWS's policy validation says of a document, and what IAM would answer a request that brings it. Asks nobody: it is decided by public data.
 * @param type default: guessed by principals and actions
 */
export async function validatePolicy(source: PolicyText, type?: PolicyTypeName): Promise<PolicyReport> {
  const guess = type === undefined ? guessKind(source.text) : undefined
  const name = type ?? guess?.kind ?? 'identity'
  const kind = POLICY_TYPES[name]
  const findings = findFindings(source.text, { kind, catalogue: await loadWholeCatalogue() })
  return {
    policy: source.name,
    type: name,
    ...(guess === undefined ? {} : { guessedBecause: guess.because }),
    findings: findings.some(({ findingType }) => findingType === 'ERROR')
      ? findings
      : [...refusalsOf(source, kind), ...findings],
  }
}

/** Is there a finding of that type, or a graver one? */
export function hasFinding(reports: readonly PolicyReport[], atLeast: FindingType): boolean {
  const grave = FINDING_TYPES.slice(0, FINDING_TYPES.indexOf(atLeast) + 1)
  return reports.some(({ findings }) => findings.some(({ findingType }) => grave.includes(findingType)))
}

/** Documents that have the form, and that IAM still does not take. The code is ours, after the error that the API answers. */
function refusalsOf(source: PolicyText, kind: PolicyKind): readonly Finding[] {
  try {
    readPolicy(source, kind)
    return []
  } catch (error) {
    if (!(error instanceof PolicyTextError)) throw error
    return error.places.map(({ line, column, what }) => ({
      issueCode: 'MALFORMED_POLICY_DOCUMENT',
      findingType: 'ERROR',
      message: error.awsMessage,
      detail: what,
      locations: [{ path: '', line, column }],
      learnMore: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html',
    }))
  }
}
