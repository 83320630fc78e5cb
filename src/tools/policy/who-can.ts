import type { Instant } from '../../core/index.ts'
import { evaluate } from '../../standards/policy/index.ts'
import type { KeyValue } from './asker.ts'
import { type GivenPolicies, gatherInquiries } from './gather.ts'
import { type Inquiry, requestOf } from './inquiry.ts'
import type { PolicySource } from './source.ts'
import { type DecidingStatement, simulate } from './verdict.ts'

/** A user or role that is allowed, by what, and under which conditions. */
export interface WhoCan {
  readonly principal: string
  readonly because: readonly DecidingStatement[]
  /** Operators and keys of the statements that allow: they held with the context that was given. */
  readonly conditions: readonly string[]
}

export interface WhoCanQuestion {
  readonly action: string
  readonly resource: string
  readonly context: Readonly<Record<string, KeyValue>>
  readonly now?: Instant
}

const NOTHING: GivenPolicies = { identity: [], session: [], scp: [], rcp: [] }

/** Which users and roles of the account would be allowed, each judged by all its policies and that of the resource. */
export async function findWhoCan(
  question: WhoCanQuestion,
  source: PolicySource,
): Promise<{ readonly allowed: readonly WhoCan[]; readonly asked: number; readonly notes: readonly string[] }> {
  const principals = await source.listPrincipals()
  const once = remembering(source)
  const allowed: WhoCan[] = []
  const notes = new Set<string>()
  for (const principal of principals) {
    const { action, resource, ...rest } = question
    const { inquiries, notes: said } = await gatherInquiries(
      { principal: principal.arn, actions: [action], resources: [resource], given: NOTHING, ...rest },
      // Read already, with everything that applies to it.
      { ...once, findPrincipal: async () => principal },
    )
    for (const note of said) notes.add(note)
    for (const inquiry of inquiries) {
      const { outcome, because } = simulate(inquiry)
      if (outcome === 'allowed') allowed.push({ principal: principal.arn, because, conditions: conditionsOf(inquiry) })
    }
  }
  return { allowed, asked: principals.length, notes: [...notes] }
}

/** Everybody is judged by the same resource and the same organization: they are read once. */
function remembering(source: PolicySource): PolicySource {
  const remember = <Found>(find: (name: string) => Promise<Found>) => {
    const found = new Map<string, Promise<Found>>()
    return (name: string): Promise<Found> => {
      const known = found.get(name) ?? find(name)
      found.set(name, known)
      return known
    }
  }
  return {
    ...source,
    findResource: remember((arn) => source.findResource(arn)),
    findOrganization: remember((account) => source.findOrganization(account)),
  }
}

function conditionsOf(inquiry: Inquiry): readonly string[] {
  const { because } = evaluate(requestOf(inquiry))
  const conditions = because.flatMap(({ statement }) => statement.conditions)
  return [...new Set(conditions.map(({ operator, key }) => `${operator} ${key}`))]
}
