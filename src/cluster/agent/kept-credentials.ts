import { createHash } from 'node:crypto'
import type { Clock, Instant, Secret } from '../../core/index.ts'
import { EksAuthError, type ExchangedCredentials } from '../../io/aws/index.ts'
import type { AgentParts } from './model.ts'

/** A pod's short programs ask one after the other; a change of its association must count soon. */
const KEPT_MILLISECONDS = 5 * 60_000
/** While EKS Auth cannot be asked, what lives at least so long is given again. */
const LEAST_LEFT_MILLISECONDS = 60_000
/** A node has 250 pods at most, as a rule. */
const MOST_KEPT = 2000

export interface KeptCredentials {
  /** @throws EksAuthError */
  get(token: Secret): Promise<ExchangedCredentials>
}

interface Kept {
  readonly credentials: ExchangedCredentials
  readonly since: Instant
}

/**
 * INVARIANT: kept for the exact token, by its digest: nothing that a token says of itself leads to what was given for another one.
 * Who asks with one token at the same time shares one exchange. What was refused is not kept, and ends what was kept.
 */
export function createKeptCredentials(exchange: AgentParts['exchange'], clock: Clock): KeptCredentials {
  const kept = new Map<string, Kept>()
  const underWay = new Map<string, Promise<ExchangedCredentials>>()
  const keep = (digest: string, credentials: ExchangedCredentials): void => {
    kept.delete(digest)
    kept.set(digest, { credentials, since: clock.now() })
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }
  const renew = async (digest: string, token: Secret): Promise<ExchangedCredentials> => {
    try {
      const credentials = await exchange(token)
      keep(digest, credentials)
      return credentials
    } catch (failure) {
      const old = kept.get(digest)?.credentials
      const isOutage = failure instanceof EksAuthError && failure.status >= 500
      if (isOutage && old !== undefined && old.expiresAt - clock.now() > LEAST_LEFT_MILLISECONDS) return old
      kept.delete(digest)
      throw failure
    }
  }
  return {
    get: async (token) => {
      const digest = createHash('sha256').update(token.reveal()).digest('hex')
      const known = kept.get(digest)
      if (known !== undefined && isYoung(known, clock.now())) return known.credentials
      const others = underWay.get(digest)
      if (others !== undefined) return others
      const making = renew(digest, token).finally(() => underWay.delete(digest))
      underWay.set(digest, making)
      return making
    },
  }
}

function isYoung({ credentials, since }: Kept, now: Instant): boolean {
  return now - since < KEPT_MILLISECONDS && credentials.expiresAt - now > KEPT_MILLISECONDS
}
