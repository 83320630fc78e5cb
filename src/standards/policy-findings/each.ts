import type { PolicyKind } from '../policy/index.ts'
import type { ActionCatalogue, Check, DraftCondition, DraftStatement, Hit, Item, Listing } from './model.ts'

type Find = Check['find']

/** Looks into one statement after the other. */
export function eachStatement(look: (statement: DraftStatement, catalogue: ActionCatalogue) => Iterable<Hit>): Find {
  return function* find({ statements }, catalogue) {
    for (const statement of statements) yield* look(statement, catalogue)
  }
}

/** Looks into one condition (an operator over a key) after the other. */
export function eachCondition(
  look: (condition: DraftCondition, statement: DraftStatement, catalogue: ActionCatalogue) => Iterable<Hit>,
): Find {
  return eachStatement(function* find(statement, catalogue) {
    for (const condition of statement.conditions) yield* look(condition, statement, catalogue)
  })
}

type ListingName = 'actions' | 'resources'

/** Looks into one text of `Action` or `Resource`, or their contraries, after the other. */
export function eachItem(
  name: ListingName,
  look: (item: Item, catalogue: ActionCatalogue, listing: Listing) => Iterable<Hit>,
): Find {
  return eachStatement(function* find({ [name]: listing }, catalogue) {
    for (const item of listing?.items ?? []) if (listing !== undefined) yield* look(item, catalogue, listing)
  })
}

export const ofKinds = (...kinds: readonly PolicyKind[]): ReadonlySet<PolicyKind> => new Set(kinds)

/** Policies that say what their owner may do. */
export const OF_IDENTITIES = ofKinds('identity', 'boundary', 'session')
/** Policies that say who may use what they are attached to, but for those of roles. */
export const OF_RESOURCES = ofKinds('resource', 'endpoint')
export const OF_TRUST = ofKinds('trust')
export const OF_ORGANIZATIONS = ofKinds('service-control')

/** One finding, where a claim holds. */
export function* when(holds: boolean, hit: Hit): Iterable<Hit> {
  if (holds) yield hit
}
