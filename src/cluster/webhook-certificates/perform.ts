import { X509Certificate } from 'node:crypto'
import { type Instant, instant, plusSeconds, type Randomness, type Seconds, seconds } from '../../core/index.ts'
import { mintAuthority, mintServer, type Signer } from '../../io/http/index.ts'
import type { CertificateLives } from './model.ts'
import type { Step } from './plan.ts'
import type { CertificateState } from './state.ts'

export interface Mint {
  readonly now: Instant
  readonly hosts: readonly string[]
  readonly lives: CertificateLives
  readonly randomness: Randomness
}

/** What the Secret holds after the step. */
export async function performStep(state: CertificateState, step: Step, mint: Mint): Promise<CertificateState> {
  return STEPS[step](state, mint)
}

const STEPS = {
  // Nobody trusts anything yet: nothing has to be waited for.
  found: async (_state, mint) => {
    const authority = await authorityOf(mint)
    return { authority, server: await serverOf(authority, mint) }
  },
  add: async (state, mint) => ({ ...state, next: await authorityOf(mint), since: mint.now }),
  switch: async ({ authority, next, server }, mint) => {
    if (next === undefined) return { ...(authority && { authority }), ...(server && { server }) }
    const made = await serverOf(next, mint)
    return { authority: next, server: made, since: mint.now, ...(authority && { previous: authority.cert }) }
  },
  drop: async ({ authority, server }) => ({ ...(authority && { authority }), ...(server && { server }) }),
  serve: async (state, mint) =>
    state.authority === undefined ? state : { ...state, server: await serverOf(state.authority, mint) },
} as const satisfies Record<Step, (state: CertificateState, mint: Mint) => Promise<CertificateState>>

/** For API servers whose clocks are late; never more than a tenth of a short life. */
const BACKDATED_SECONDS = 3600

function authorityOf({ now, lives, randomness }: Mint): Promise<Signer> {
  const commonName = `openirsa webhook authority ${Buffer.from(randomness.bytes(4)).toString('hex')}`
  return mintAuthority({ ...lifeOf(now, lives.authoritySeconds), commonName, randomness })
}

function serverOf(authority: Signer, { now, hosts, lives, randomness }: Mint): Promise<Signer> {
  const life = lifeOf(now, lives.certificateSeconds)
  const notAfter = instant(Math.min(life.notAfter, Date.parse(new X509Certificate(authority.cert).validTo)))
  return mintServer(authority, hosts, { ...life, notAfter, commonName: 'openirsa webhook', randomness })
}

function lifeOf(now: Instant, duration: Seconds): { readonly notBefore: Instant; readonly notAfter: Instant } {
  // Certificates know whole seconds.
  const from = instant(Math.floor(now / 1000) * 1000)
  const backdated = Math.min(BACKDATED_SECONDS, Math.floor(duration / 10))
  return { notBefore: plusSeconds(from, seconds(-backdated)), notAfter: plusSeconds(from, duration) }
}
