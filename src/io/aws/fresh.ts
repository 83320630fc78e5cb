import type { Clock, Instant } from '../../core/index.ts'

/** One value that is made anew when too little of its life is left; callers that come meanwhile share the making. */
export interface Fresh<T> {
  get(): Promise<T>
}

/** SPEC: SDKs ask again some minutes before the end; what they get then must live longer than what they have. */
const RENEW_WHEN_LEFT_SHARE = 1 / 3

/** A failure is not kept, and what is there is answered as long as it lives when it cannot be renewed. */
export function createFresh<T extends { readonly expiresAt: Instant }>(make: () => Promise<T>, clock: Clock): Fresh<T> {
  let kept: { readonly value: T; readonly renewAt: number } | undefined
  let making: Promise<T> | undefined
  const renew = (): Promise<T> => {
    making ??= make()
      .then((value) => {
        const life = value.expiresAt - clock.now()
        kept = { value, renewAt: value.expiresAt - life * RENEW_WHEN_LEFT_SHARE }
        return value
      })
      .finally(() => {
        making = undefined
      })
    return making
  }
  return {
    get: async () => {
      if (kept === undefined) return await renew()
      if (clock.now() < kept.renewAt) return kept.value
      const { value } = kept
      return await renew().catch((failure: unknown) => {
        if (clock.now() < value.expiresAt) return value
        throw failure
      })
    },
  }
}
