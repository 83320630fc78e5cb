import type { StatementExplanation } from '../../standards/policy/index.ts'
import type { StatementRecord } from './model.ts'

/** Characters of all of them at most: what is kept of a refused call does not grow with the policies that it met. */
const LONGEST = 8192

/** The statements that denied, or came nearest to allowing, word for word; those that are too long are left to their one line. */
export function recordStatements(nearest: readonly StatementExplanation[]): readonly StatementRecord[] {
  let room = LONGEST
  return nearest.map(recordOf).filter((record) => {
    const { length } = JSON.stringify(record)
    if (length > room) return false
    room -= length
    return true
  })
}

function recordOf({ policy, policyType, statement, matches }: StatementExplanation): StatementRecord {
  return { policy: policy.arn ?? policy.name, policyType, matches, ...statement }
}
