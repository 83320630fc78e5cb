import { type Clock, type Instant, instantOfEpochSeconds, plusSeconds, seconds } from '../../core/index.ts'
import type { KeyStore, SignerReport } from '../key-store/index.ts'

/** What this signer says of itself in the store, kept up to date. */
export interface Ledger {
  /** Resolves when it is durable that the key signed a token that lives until `exp` (seconds since the epoch). */
  cover(keyId: string, exp: number): Promise<void>
  /** Notes that kube-apiserver has asked, and was given these keys. */
  noteAsked(keyIds: readonly string[]): Promise<void>
  /** Notes which key signs from now on. */
  noteSigning(keyId: string | undefined): Promise<void>
  /** Says that the signer is alive. */
  beat(): Promise<void>
}

/** A mark is set so far ahead, so that there is a write every few minutes, not one a token. */
const AHEAD = seconds(600)

/** Goes on from what an earlier run of the same instance said; what its kube-apiserver knows is seen anew. */
export async function openLedger(
  store: KeyStore,
  { instance, clock }: { readonly instance: string; readonly clock: Clock },
): Promise<Ledger> {
  const before = (await store.readReports()).find((report) => report.instance === instance)
  const signedUntil = new Map(before?.signedUntil)
  const known = new Map<string, Instant>()
  let askedAt = before?.askedAt
  let signsWith: string | undefined
  let writing: Promise<void> = Promise.resolve()

  /** One write at a time, each with everything that is known when it begins. */
  const write = (): Promise<void> => {
    // Whoever asked for the write before was told of its failure; this one writes everything anew.
    const next = writing.catch(() => undefined).then(() => store.writeReport(report()))
    writing = next
    return next
  }
  const report = (): SignerReport => ({
    instance,
    reportedAt: clock.now(),
    ...(askedAt === undefined ? {} : { askedAt }),
    ...(signsWith === undefined ? {} : { signsWith }),
    known: new Map(known),
    signedUntil: new Map(signedUntil),
  })
  /** INVARIANT: the mark that others wait for is on the disk before a token that it covers leaves. */
  const durable = new Map(signedUntil)
  const raise = async (keyId: string, until: Instant): Promise<void> => {
    const mark = plusSeconds(until, AHEAD)
    if ((signedUntil.get(keyId) ?? 0) < mark) signedUntil.set(keyId, mark)
    await write()
    if ((durable.get(keyId) ?? 0) < mark) durable.set(keyId, mark)
  }
  let raising: { readonly keyId: string; readonly until: Instant; readonly done: Promise<void> } | undefined
  return {
    cover: async (keyId, exp) => {
      const until = instantOfEpochSeconds(exp)
      if ((durable.get(keyId) ?? 0) >= until) return
      // Those who come meanwhile wait for the same write when it covers them.
      if (raising === undefined || raising.keyId !== keyId || plusSeconds(raising.until, AHEAD) < until) {
        const done = raise(keyId, until)
        const mine = { keyId, until, done }
        raising = mine
        const forget = (): void => {
          if (raising === mine) raising = undefined
        }
        done.then(forget, forget)
      }
      await raising.done
    },
    noteAsked: async (keyIds) => {
      const now = clock.now()
      const isNews = askedAt === undefined || keyIds.some((keyId) => !known.has(keyId)) || known.size > keyIds.length
      askedAt ??= now
      for (const keyId of known.keys()) if (!keyIds.includes(keyId)) known.delete(keyId)
      for (const keyId of keyIds) if (!known.has(keyId)) known.set(keyId, now)
      if (isNews) await write()
    },
    noteSigning: async (keyId) => {
      if (signsWith === keyId && keyId !== undefined) return
      signsWith = keyId
      await write()
    },
    beat: write,
  }
}
