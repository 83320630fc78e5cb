import type { RungState } from '../../standards/policy/index.ts'
import type { Refusal } from '../operation.ts'
import type { LadderStep, Rung } from './model.ts'
import { RUNG_OF } from './rung-of.ts'

const RUNGS: readonly Rung[] = [
  'token',
  'provider',
  'trust',
  'organization',
  'boundary',
  'session',
  'identity',
  'resource',
  'endpoint',
]

/** The rungs that a call climbs, up to the broken one. */
export function ladderOf(refusal: Refusal, broken: Rung): readonly LadderStep[] {
  if (refusal.kind === 'signature')
    return [step('signature', 'broken', refusal.error.reason), ...RUNGS.map((rung) => step(rung, notReached(rung)))]
  if (refusal.kind === 'token') return tokenLadder(refusal, broken)
  const { principal, explanation } = refusal
  const policies = RUNGS.slice(2).map((rung) => policyStep(rung, broken, explanation.rungs))
  if (principal.kind === 'web-identity') {
    return [
      step('token', 'passed', principal.token.subject),
      step('provider', 'passed', principal.provider.arn),
      ...policies,
    ]
  }
  const signature =
    principal.kind === 'anonymous'
      ? step('signature', 'absent', 'nobody signed')
      : step('signature', 'passed', principal.accessKeyId)
  return [signature, step('token', 'absent'), step('provider', 'absent'), ...policies]
}

function step(rung: Rung, state: LadderStep['state'], note?: string): LadderStep {
  return { rung, state, ...(note === undefined ? {} : { note }) }
}

/** Before the caller is known, nothing is known of policies; token and provider have no part in a signed call. */
function notReached(rung: Rung): LadderStep['state'] {
  return rung === 'token' || rung === 'provider' || rung === 'trust' ? 'absent' : 'not reached'
}

function tokenLadder(
  { error, provider, roleArn }: Extract<Refusal, { kind: 'token' }>,
  broken: Rung,
): readonly LadderStep[] {
  return RUNGS.map((rung) => {
    if (rung === broken) return step(rung, 'broken', error.reason)
    // The tokens of EKS Pod Identity are the cluster's own: no provider has a part in it.
    if (rung === 'provider' && roleArn === undefined) return step(rung, 'absent')
    // The provider was found, and its audiences and keys held: the token itself is at fault.
    if (rung === 'provider' && provider !== undefined) return step(rung, 'passed', provider.arn)
    if (rung === 'token') return step(rung, 'not reached', 'readable; its signature was not checked')
    return step(rung, 'not reached')
  })
}

const SAYS = {
  allows: 'passed',
  absent: 'absent',
  denies: 'broken',
  'does-not-allow': 'broken',
} as const satisfies Record<RungState['state'], LadderStep['state']>

function policyStep(rung: Rung, broken: Rung, rungs: readonly RungState[]): LadderStep {
  const states = rungs.filter(({ policyType }) => RUNG_OF[policyType] === rung).map(({ state }) => state)
  const state = WORST.find((one) => states.includes(one)) ?? 'absent'
  if (rung === broken) return step(rung, 'broken', state === 'denies' ? 'denies it' : 'does not allow it')
  if (SAYS[state] === 'broken') return step(rung, 'not reached', 'does not allow it either')
  return step(rung, SAYS[state])
}

const WORST = ['denies', 'does-not-allow', 'allows', 'absent'] as const satisfies readonly RungState['state'][]
