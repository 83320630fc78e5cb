import { createHash } from 'node:crypto'
import {
  type Clock,
  type Instant,
  OpenirsaError,
  plusSeconds,
  type Secret,
  seconds,
  TokenError,
} from '../../core/index.ts'
import type { WebIdentityToken } from '../../standards/oidc/index.ts'
import type { Link } from './link.ts'

/**
 * An answer counts for so long. An API server keeps a yes for 10 s itself: together they stay below the 15 s within which the
 * end of a pod has to be noticed.
 */
const ANSWER_SECONDS = seconds(3)
/** For the wait and the call. */
const LONGEST_MILLISECONDS = 5000
const MOST_AT_ONCE = 16
const MOST_WAITING = 256
const MOST_ANSWERS = 10_000

export interface ReviewsOptions {
  readonly link: Link
  readonly clock: Clock
  readonly longestMilliseconds?: number
}

/** Asks an API server whether a token still counts. */
export interface Reviews {
  /** @throws TokenError `bound-object-gone`, `unconfirmed` */
  confirm(token: WebIdentityToken, jwt: Secret): Promise<void>
}

interface Answer {
  readonly askedAt: Instant
  /** Rejects when the API server could not be asked. */
  readonly outcome: Promise<'confirmed' | Refused>
}

/** The API server's words. */
interface Refused {
  readonly message: string
}

export function createReviews({ link, clock, longestMilliseconds = LONGEST_MILLISECONDS }: ReviewsOptions): Reviews {
  const answers = new Map<string, Answer>()
  const gate = createGate()
  const ask = (token: WebIdentityToken, jwt: Secret): Promise<'confirmed' | Refused> =>
    gate.pass(AbortSignal.timeout(longestMilliseconds), async (signal) => {
      const { audience, subject } = token
      const review = await link.use((kube) => kube.reviewToken(jwt, { audiences: [audience], signal }))
      if (review.outcome === 'refused') return { message: review.message }
      if (review.username === subject) return 'confirmed'
      throw new NotAsked('the API server takes the token for somebody else')
    })
  const answerOf = (token: WebIdentityToken, jwt: Secret): Answer => {
    // The token itself is not kept.
    const name = createHash('sha256').update(jwt.reveal()).digest('base64url')
    const now = clock.now()
    const known = answers.get(name)
    if (known !== undefined && now >= known.askedAt && now < plusSeconds(known.askedAt, ANSWER_SECONDS)) return known
    const made: Answer = { askedAt: now, outcome: ask(token, jwt) }
    forgetOld(answers, now)
    answers.delete(name)
    answers.set(name, made)
    // Who could not ask now may ask the next time.
    made.outcome.catch(() => answers.get(name) === made && answers.delete(name))
    return made
  }
  return {
    confirm: async (token, jwt) => {
      const { issuer, subject } = token
      const facts = { issuer, subject }
      const outcome = await answerOf(token, jwt).outcome.catch((cause: unknown) => {
        throw unconfirmed(cause, facts)
      })
      if (outcome === 'confirmed') return
      throw new TokenError(
        'bound-object-gone',
        'the API server of the cluster does not accept the token any more',
        facts,
        {
          detail: outcome.message,
        },
      )
    },
  }
}

class NotAsked extends OpenirsaError {
  readonly code = 'CLUSTER'
}

function unconfirmed(cause: unknown, facts: { readonly issuer: string; readonly subject: string }): TokenError {
  const detail = cause instanceof OpenirsaError ? cause.message : 'it does not answer in time'
  const message = `the API server of the cluster could not be asked about the token: ${detail}`
  return new TokenError('unconfirmed', message, facts, { detail, hint: 'see `openirsa cluster list`', cause })
}

/** The oldest stand first. */
function forgetOld(answers: Map<string, Answer>, now: Instant): void {
  for (const [name, { askedAt }] of answers) {
    const isOld = now < askedAt || now >= plusSeconds(askedAt, ANSWER_SECONDS)
    if (!isOld && answers.size < MOST_ANSWERS) return
    answers.delete(name)
  }
}

interface Gate {
  pass<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** So many at once; the others wait, and not too many of them. */
function createGate(): Gate {
  let inside = 0
  const waiting: (() => void)[] = []
  const enter = (signal: AbortSignal): Promise<void> => {
    if (inside < MOST_AT_ONCE) {
      inside += 1
      return Promise.resolve()
    }
    if (waiting.length >= MOST_WAITING) return Promise.reject(new NotAsked('too many tokens wait for it'))
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      const stop = (): void => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(new NotAsked('it does not answer in time'))
      }
      signal.addEventListener('abort', stop, { once: true })
      waiting.push(go)
    })
  }
  return {
    pass: async (signal, work) => {
      await enter(signal)
      try {
        return await work(signal)
      } finally {
        // The place goes to who waits longest.
        const next = waiting.shift()
        if (next === undefined) inside -= 1
        else next()
      }
    },
  }
}
