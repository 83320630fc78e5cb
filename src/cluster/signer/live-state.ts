import type { Log } from '../../io/host/index.ts'
import type { SigningKey } from '../../standards/oidc/index.ts'
import { findActive, type IssuerState, type KeyStore, publishedGate } from '../key-store/index.ts'

/** The store as it is now: the state, and the key that signs, or why none does. */
export type Snapshot = { readonly state: IssuerState } & (
  | { readonly signing: SigningKey }
  | { readonly signing: undefined; readonly because: string }
)

export interface LiveState {
  current(): Snapshot
  /** Reads the store again when it was written since. Keeps what it has when it cannot be read, and says so in the log. */
  refresh(): Promise<void>
}

export interface LiveStateParts {
  readonly store: KeyStore
  readonly log: Log
  /** Told of every new state before anybody signs by it. */
  readonly onChange: (snapshot: Snapshot) => Promise<void>
}

/** @throws KeyStoreError, ConfigError when the store cannot be read at the start */
export async function openLiveState({ store, log, onChange }: LiveStateParts): Promise<LiveState> {
  let version = await store.readVersion()
  let snapshot = await readSnapshot(store)
  await onChange(snapshot)
  let refreshing: Promise<void> | undefined
  const refresh = async (): Promise<void> => {
    try {
      const found = await store.readVersion()
      if (found === version) return
      const next = await readSnapshot(store)
      await onChange(next)
      snapshot = next
      version = found
      log.info({ keys: next.state.keys.length, signsWith: next.signing?.keyId }, 'the keys have changed')
    } catch (failure) {
      log.error(
        { failure, directory: store.directory },
        'the keys cannot be read: the signer goes on with those that it has',
      )
    }
  }
  return {
    current: () => snapshot,
    refresh: () => {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      return refreshing
    },
  }
}

async function readSnapshot(store: KeyStore): Promise<Snapshot> {
  const state = await store.read()
  const active = findActive(state)
  if (active === undefined) return { state, signing: undefined, because: 'no key is active' }
  const gate = publishedGate(state, active)
  if (!gate.isOpen)
    return { state, signing: undefined, because: `the active key \`${active.keyId}\` may not sign: ${gate.because}` }
  return { state, signing: await store.readSigningKey(active.keyId) }
}
