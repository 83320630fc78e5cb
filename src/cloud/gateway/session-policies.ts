import { type NamedPolicy, parsePolicyDocument } from '../../standards/policy/index.ts'
import type { IdentityReader } from '../identity/index.ts'
import type { AssumedRoleSession } from '../session/index.ts'

/** The policies that a session was limited to when it was made. */
export interface SessionPolicies {
  /** Undefined for a session without any; an empty list allows nothing. */
  of(session: AssumedRoleSession): readonly NamedPolicy[] | undefined
}

/** Inline policies are parsed once for each opened session; managed ones are those of now, as AWS has it. */
export function createSessionPolicies(identity: Pick<IdentityReader, 'findManagedPolicy'>): SessionPolicies {
  const inline = new WeakMap<AssumedRoleSession, NamedPolicy>()
  const inlineOf = (session: AssumedRoleSession, text: string): NamedPolicy => {
    const known = inline.get(session)
    if (known !== undefined) return known
    const policy = { name: 'the inline session policy', document: parsePolicyDocument(text, 'session') }
    inline.set(session, policy)
    return policy
  }
  return {
    of: (session) => {
      const { sessionPolicy, sessionPolicyArns } = session
      if (sessionPolicy === undefined && sessionPolicyArns.length === 0) return undefined
      // A managed policy that is gone allows nothing any more; the session stays limited.
      const managed = sessionPolicyArns.flatMap((arn) => identity.findManagedPolicy(arn) ?? [])
      return sessionPolicy === undefined ? managed : [inlineOf(session, sessionPolicy), ...managed]
    },
  }
}
