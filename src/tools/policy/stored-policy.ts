import type { NamedPolicy, PolicyKind } from '../../standards/policy/index.ts'
import { type PolicyText, PolicyTextError, readPolicy } from './read-policy.ts'

/** A policy that was kept somewhere, and what has to be said of it. */
export interface StoredPolicy {
  readonly policy: NamedPolicy
  readonly note?: string
}

/**
 * Reads a policy that somebody keeps. What is not understood in it (an element that is new, or that should never have been kept)
 * must let nobody in: such a document is taken for one that denies everything, and the note says so.
 */
export function readStoredPolicy(source: PolicyText, kind: PolicyKind): StoredPolicy {
  try {
    return { policy: readPolicy(source, kind) }
  } catch (error) {
    if (!(error instanceof PolicyTextError)) throw error
    return {
      policy: readPolicy({ ...source, text: denyingText(kind) }, kind),
      note: `${error.message}: what is not understood lets nobody in, so this policy is taken to deny everything`,
    }
  }
}

/** As `readStoredPolicy`, with what has to be said added to the notes. */
export function readKept({ name, text, arn }: PolicyText, kind: PolicyKind, notes: string[]): NamedPolicy {
  const { policy, note } = readStoredPolicy({ name, text, ...(arn === undefined ? {} : { arn }) }, kind)
  if (note !== undefined) notes.push(note)
  return policy
}

function denyingText(kind: PolicyKind): string {
  const { elements } = DENYING[kind]
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'NotUnderstood', Effect: 'Deny', ...elements }] })
}

const OF_IDENTITIES = { elements: { Action: '*', Resource: '*' } }
const OF_RESOURCES = { elements: { Principal: { AWS: '*' }, Action: '*', Resource: '*' } }

const DENYING = {
  identity: OF_IDENTITIES,
  boundary: OF_IDENTITIES,
  session: OF_IDENTITIES,
  'service-control': OF_IDENTITIES,
  resource: OF_RESOURCES,
  endpoint: OF_RESOURCES,
  // Organizations take no bare star for an action there.
  'resource-control': { elements: { Principal: '*', Action: ['s3:*', 'sts:*'], Resource: '*' } },
  trust: { elements: { Principal: { AWS: '*' }, Action: 'sts:*' } },
} as const satisfies Record<PolicyKind, { readonly elements: Readonly<Record<string, unknown>> }>
