import { eachStatement, OF_RESOURCES, ofKinds, when } from '../each.ts'
import type { CheckTable, Draft, Hit } from '../model.ts'

const OF_IAM = ofKinds('identity', 'boundary', 'session', 'service-control', 'resource-control', 'trust')
const ALPHANUMERIC = ofKinds('identity', 'boundary', 'session', 'service-control')

export const SID_CHECKS = {
  UNIQUE_SIDS_REQUIRED: {
    type: 'ERROR',
    message: 'Duplicate statement IDs are not supported for this policy type. Update the Sid value.',
    kinds: OF_IAM,
    find: sameSids,
  },
  UNIQUE_SIDS_RECOMMENDED: {
    type: 'WARNING',
    message: 'We recommend that you use statement IDs that are unique to your policy. Update the Sid value.',
    kinds: OF_RESOURCES,
    find: sameSids,
  },
  UNSUPPORTED_SID: {
    type: 'ERROR',
    message: 'Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]',
    kinds: ALPHANUMERIC,
    find: eachStatement(({ json: { Sid: sid }, path }) =>
      when(typeof sid === 'string' && !/^[0-9A-Za-z]*$/.test(sid), { at: [...path, 'Sid'] }),
    ),
  },
  EMPTY_SID_VALUE: {
    type: 'SUGGESTION',
    message: 'Add a value to the empty string in the Sid element.',
    find: eachStatement(({ json: { Sid: sid }, path }) => when(sid === '', { at: [...path, 'Sid'] })),
  },
} as const satisfies CheckTable

function* sameSids({ statements }: Draft): Iterable<Hit> {
  const places = new Map<string, Hit['at'][]>()
  for (const { json, path } of statements) {
    if (typeof json.Sid !== 'string' || json.Sid === '') continue
    const at = [...path, 'Sid']
    const found = places.get(json.Sid)
    if (found === undefined) places.set(json.Sid, [at])
    else found.push(at)
  }
  for (const [first, ...more] of places.values())
    if (first !== undefined && more.length > 0) yield { at: first, alsoAt: more }
}
