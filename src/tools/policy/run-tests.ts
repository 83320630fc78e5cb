import { ConfigError } from '../../core/index.ts'
import type { NamedPolicy, PolicyKind, PolicySet } from '../../standards/policy/index.ts'
import { readAsker } from './asker.ts'
import { explainInquiry, type PolicyExplanation } from './explanation.ts'
import { type Inquiry, resourcePolicyKindOf } from './inquiry.ts'
import { readPolicy } from './read-policy.ts'
import { readStoredPolicy } from './stored-policy.ts'
import type { PolicyTestFile, WrittenCase, WrittenPolicies, WrittenPolicy, WrittenRequest } from './test-file.ts'
import { isAsExpected, type Outcome, simulate } from './verdict.ts'

/** What one case came to. */
export interface PolicyTestResult {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly passed: boolean
  readonly expected: Outcome
  readonly outcome: Outcome
  /** Why it came out as it did; only of a case that failed. */
  readonly explanation?: PolicyExplanation
}

/** Where the policies come from that a test file only names. */
export interface NamedPolicies {
  /** The text of a file; `from` is the path of the test file, which relative paths start from. @throws ConfigError */
  readFile(path: string, from: string): Promise<{ readonly path: string; readonly text: string }>
  /** A policy by its ARN: of a managed policy, or of a role for its trust policy. @throws ConfigError */
  getPolicy(arn: string): Promise<{ readonly name: string; readonly text: string }>
}

/**
 * Runs every case of a test file by the engine that decides real calls.
 * @throws ConfigError for a case that cannot be run: an element is missing, or a policy is none
 */
export async function runPolicyTests(file: PolicyTestFile, named: NamedPolicies): Promise<readonly PolicyTestResult[]> {
  const read = policyReader(file, named)
  const results: PolicyTestResult[] = []
  for (const [index, one] of file.cases.entries()) results.push(await runCase(one, index, { file, read }))
  return results
}

type ReadWritten = (written: WrittenPolicy, place: Place) => Promise<ReadPolicy>

interface ReadPolicy {
  readonly policy: NamedPolicy
  readonly note?: string
}

interface Place {
  readonly kind: PolicyKind
  /** `case "x", identity policy 1` */
  readonly name: string
}

interface Run {
  readonly file: PolicyTestFile
  readonly read: ReadWritten
}

async function runCase(one: WrittenCase, index: number, { file, read }: Run): Promise<PolicyTestResult> {
  const { line, column } = file.positionOf(['cases', index])
  const fail = (what: string): never => {
    throw new ConfigError(`${file.path}:${line}:${column}: case \`${one.name}\`: ${what}`)
  }
  const request: WrittenRequest = {
    ...file.request,
    ...one.request,
    context: { ...file.request?.context, ...one.request?.context },
  }
  const { principal, action, resource, resourceAccount, context = {} } = request
  const expected = one.expect ?? file.expect
  if (principal === undefined || action === undefined || resource === undefined)
    return fail('expected principal, action and resource in `request`, here or at the top')
  if (expected === undefined) return fail('expected `expect`, here or at the top')
  const written: WrittenPolicies = { ...file.policies, ...one.policies }
  const isTrust = resourcePolicyKindOf(action, resource) === 'trust'
  const notes: string[] = []
  const inquiry: Inquiry = {
    asker: readAsker(principal),
    action,
    resource,
    ...(resourceAccount === undefined ? {} : { resourceAccount }),
    context,
    policies: await policySetOf(written, { caseName: one.name, isTrust, read, notes }),
  }
  const { outcome } = simulate(inquiry)
  const passed = isAsExpected(outcome, expected)
  return {
    file: file.path,
    line,
    name: one.name,
    passed,
    expected,
    outcome,
    ...(passed ? {} : { explanation: explainInquiry(inquiry, notes) }),
  }
}

interface Reading {
  readonly caseName: string
  readonly isTrust: boolean
  readonly read: ReadWritten
  readonly notes: string[]
}

async function policySetOf(written: WrittenPolicies, { caseName, isTrust, read, notes }: Reading): Promise<PolicySet> {
  const one = async (policy: WrittenPolicy, kind: PolicyKind, words: string): Promise<NamedPolicy> => {
    const found = await read(policy, { kind, name: `case "${caseName}", ${words}` })
    if (found.note !== undefined) notes.push(found.note)
    return found.policy
  }
  const many = async (policies: readonly WrittenPolicy[], kind: PolicyKind, words: string) => {
    const all: NamedPolicy[] = []
    for (const [at, policy] of policies.entries()) all.push(await one(policy, kind, `${words} ${at + 1}`))
    return all
  }
  const levels = async (policies: readonly (readonly WrittenPolicy[])[], kind: PolicyKind, words: string) => {
    const all: NamedPolicy[][] = []
    for (const [at, level] of policies.entries())
      all.push(await many(level, kind, `${words} of level ${at + 1}, policy`))
    return all
  }
  const { identity = [], boundary, session, resource, scp, rcp, endpoint } = written
  return {
    identity: await many(identity, 'identity', 'identity policy'),
    ...(boundary === undefined ? {} : { boundary: await one(boundary, 'boundary', 'boundary') }),
    ...(session === undefined ? {} : { session: [await one(session, 'session', 'session policy')] }),
    ...(resource === undefined
      ? {}
      : { resource: await one(resource, isTrust ? 'trust' : 'resource', 'resource policy') }),
    ...(scp === undefined ? {} : { serviceControl: await levels(scp, 'service-control', 'scp') }),
    ...(rcp === undefined ? {} : { resourceControl: await levels(rcp, 'resource-control', 'rcp') }),
    ...(endpoint === undefined ? {} : { endpoint: await one(endpoint, 'endpoint', 'endpoint policy') }),
  }
}

/** Each policy that a file writes or names is read once, however many cases share it. */
function policyReader(file: PolicyTestFile, named: NamedPolicies): ReadWritten {
  const byDocument = new Map<WrittenPolicy, Map<PolicyKind, ReadPolicy>>()
  return async (written, place) => {
    const byKind = byDocument.get(written) ?? new Map<PolicyKind, ReadPolicy>()
    byDocument.set(written, byKind)
    const known = byKind.get(place.kind)
    if (known !== undefined) return known
    const found = await readWritten(written, place, { file, named })
    byKind.set(place.kind, found)
    return found
  }
}

async function readWritten(
  written: WrittenPolicy,
  { kind, name }: Place,
  { file, named }: { readonly file: PolicyTestFile; readonly named: NamedPolicies },
): Promise<ReadPolicy> {
  if (typeof written !== 'string')
    return {
      policy: readPolicy({ name: `${file.path}: ${name}`, text: JSON.stringify(written) }, kind),
    }
  if (written.startsWith('arn:')) {
    const { name: found, text } = await named.getPolicy(written)
    return readStoredPolicy({ name: found, text, arn: written }, kind)
  }
  const { path, text } = await named.readFile(written, file.path)
  return { policy: readPolicy({ name: path, text }, kind) }
}
