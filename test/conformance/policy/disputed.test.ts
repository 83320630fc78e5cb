import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluate, explain } from '../../../src/standards/policy/index.ts'
import { naiveOutcome, type Outcome, type RawRequest } from './naive.ts'
import { requestOf } from './pairs.ts'

interface DisputedCase {
  readonly name: string
  /** Who holds otherwise. */
  readonly others: string
  /** Whom we follow. */
  readonly source: string
  /** What differs from a session's s3:GetObject in its own account, with no policies at all. */
  readonly request: Partial<RawRequest>
  readonly outcome: Outcome
}

const cases = JSON.parse(readFileSync(new URL('disputed.json', import.meta.url), 'utf8')) as readonly DisputedCase[]
const PLAIN: RawRequest = {
  principal: {
    kind: 'role-session',
    account: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/app/pod-1',
    roleArn: 'arn:aws:iam::111122223333:role/team/app',
    roleUniqueId: 'AROAAAAAAAAAAAAAAAAAA',
  },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: '111122223333',
  resourcePolicyKind: 'ordinary',
  values: {},
  identity: [],
}

describe('where sources differ', () => {
  it.each(cases)('$name', ({ request, outcome, source, others }) => {
    const raw = { ...PLAIN, ...request }
    expect([source, others].every((text) => text.length > 20)).toBe(true)
    expect(naiveOutcome(raw)).toBe(outcome)
    expect(evaluate(requestOf(raw)).outcome).toBe(outcome)
    expect(explain(requestOf(raw)).decision.outcome).toBe(outcome)
  })
})
