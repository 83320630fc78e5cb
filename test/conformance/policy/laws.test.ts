import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../src/standards/policy/index.ts'
import type { RawDocument, RawRequest } from './naive.ts'
import { requestOf } from './pairs.ts'
import { randomDocument, randomRequest, seededTape, type Tape } from './random-request.ts'

const REQUESTS = 400
const outcomeOf = (raw: RawRequest) => evaluate(requestOf(raw)).outcome
/** A list of policies that a request may have, and how to put another in its place. */
type Place = (raw: RawRequest, change: (document: RawDocument) => RawDocument) => RawRequest

const PLACES: Readonly<Record<string, Place>> = {
  identity: (raw, change) => ({ ...raw, identity: raw.identity.map(change) }),
  boundary: (raw, change) => (raw.boundary === undefined ? raw : { ...raw, boundary: change(raw.boundary) }),
  session: (raw, change) => (raw.session === undefined ? raw : { ...raw, session: raw.session.map(change) }),
  resource: (raw, change) =>
    raw.resourcePolicy === undefined ? raw : { ...raw, resourcePolicy: change(raw.resourcePolicy) },
  organization: (raw, change) =>
    raw.serviceControl === undefined
      ? raw
      : { ...raw, serviceControl: raw.serviceControl.map((level) => level.map(change)) },
}

function forRandomRequests(check: (raw: RawRequest, tape: Tape) => void): void {
  for (let seed = 5_000_000; seed < 5_000_000 + REQUESTS; seed += 1) {
    const tape = seededTape(seed)
    check(randomRequest(tape), tape)
  }
}

describe.each(Object.entries(PLACES))('in %s', (name, place) => {
  /** Statements of the other effect left out, one of this effect put in. */
  const added = (tape: Tape, effect: 'Allow' | 'Deny', raw: RawRequest): RawRequest => {
    const kind = name !== 'resource' ? 'own' : raw.resourcePolicyKind === 'trust' ? 'trust' : 'foreign'
    const [statement] = randomDocument(tape, kind).Statement
    if (statement === undefined || 'NotPrincipal' in statement) return raw
    return place(raw, (document) => ({
      ...document,
      Statement: [{ ...statement, Effect: effect }, ...document.Statement],
    }))
  }

  it('one more Deny never lets anybody in', () => {
    forRandomRequests((raw, tape) => {
      const before = outcomeOf(raw)
      const after = outcomeOf(added(tape, 'Deny', raw))
      if (before !== 'allow') expect(after).not.toBe('allow')
      if (before === 'explicit-deny') expect(after).toBe('explicit-deny')
    })
  })

  it('one more Allow never shuts anybody out', () => {
    forRandomRequests((raw, tape) => {
      const before = outcomeOf(raw)
      expect([before, 'allow']).toContain(outcomeOf(added(tape, 'Allow', raw)))
    })
  })

  it('the order of statements means nothing', () => {
    forRandomRequests((raw) => {
      const turned = place(raw, (document) => ({ ...document, Statement: [...document.Statement].reverse() }))
      expect(outcomeOf(turned)).toBe(outcomeOf(raw))
    })
  })
})

describe('whatever the policies', () => {
  it('a session policy or a boundary never adds a permission', () => {
    forRandomRequests((raw) => {
      const { session: _, boundary: __, ...role } = raw
      // A boundary also makes NotPrincipal deny, so that it can only take away.
      if (outcomeOf(raw) === 'allow') expect(outcomeOf(role)).toBe('allow')
    })
  })

  it('what a policy of an organization or an endpoint says never adds a permission', () => {
    forRandomRequests((raw) => {
      const { serviceControl: _, resourceControl: __, endpoint: ___, ...bare } = raw
      if (outcomeOf(raw) === 'allow') expect(outcomeOf(bare)).toBe('allow')
    })
  })

  it('a principal without policies is never let in by the policies of identities', () => {
    forRandomRequests((raw) => {
      if (raw.principal.kind !== 'anonymous' && raw.principal.kind !== 'web-identity') return
      const { resourcePolicy: _, ...unlisted } = raw
      expect(outcomeOf(unlisted)).not.toBe('allow')
    })
  })
})
