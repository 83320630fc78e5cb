import type { Clock, Instant } from '../../core/index.ts'
import type { MintedToken } from './identity.ts'

/** How a token is kept fresh, and by what means. */
export interface RenewalPlan {
  readonly expiresAt: Instant
  readonly clock: Clock
  mint(): Promise<MintedToken>
  write(token: string): void
  say(line: string): void
}

export interface Renewal {
  /** Writes nothing any more, also when a token is on its way. */
  stop(): void
}

/** SPEC: kubelet renews a projected token when 80 % of its life have passed, or when it is 24 hours old. */
const RENEW_AFTER_SHARE = 0.8
const OLDEST_MILLISECONDS = 24 * 3_600_000
const RETRY_MILLISECONDS = 10_000

/** Writes a new token into the file each time the present one is old enough; goes on trying when that fails. */
export function keepFresh(plan: RenewalPlan): Renewal {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const wait = (milliseconds: number): void => {
    if (isStopped) return
    timer = setTimeout(() => void renew(), milliseconds)
    // The command keeps us here, not the token.
    timer.unref()
  }
  const renew = async (): Promise<void> => {
    try {
      const next = await plan.mint()
      if (isStopped) return
      plan.write(next.token)
      wait(renewAfter(next.expiresAt, plan.clock))
    } catch (failure) {
      if (isStopped) return
      plan.say(`openirsa: the token could not be renewed, trying again: ${(failure as Error).message}`)
      wait(RETRY_MILLISECONDS)
    }
  }
  wait(renewAfter(plan.expiresAt, plan.clock))
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Milliseconds until a token that was minted now is to be renewed. */
export function renewAfter(expiresAt: Instant, clock: Clock): number {
  return Math.min(Math.max(0, expiresAt - clock.now()) * RENEW_AFTER_SHARE, OLDEST_MILLISECONDS)
}
