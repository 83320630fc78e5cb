import { findActive, type IssuerState, type KeyStore, type SignerReport } from '../../cluster/key-store/index.ts'
import { ConfigError, type Instant, instant, plusSeconds } from '../../core/index.ts'

/** In whose name it is said that every kube-apiserver has read the key files. */
const API_SERVERS = 'kube-apiservers'

/**
 * Files mode: every kube-apiserver was restarted, and reads the files as they are. What signed until now may have signed its longest
 * token at this moment.
 * @throws ConfigError in signer mode, where signers report by themselves
 */
export async function noteRestart(store: KeyStore, state: IssuerState, now: Instant): Promise<void> {
  if (state.mode !== 'files')
    throw new ConfigError('--restarted is for key files: a signer reports by itself', { hint: 'leave it out' })
  const before = (await store.readReports()).find(({ instance }) => instance === API_SERVERS)
  const active = findActive(state)
  const signedUntil = new Map(before?.signedUntil)
  const last = plusSeconds(now, state.times.maxTokenSeconds)
  // The one that signs from now on will be marked when it stops.
  for (const keyId of [before?.signsWith])
    if (keyId !== undefined && keyId !== active?.keyId) signedUntil.set(keyId, last)
  const report: SignerReport = {
    instance: API_SERVERS,
    reportedAt: now,
    askedAt: before?.askedAt ?? now,
    ...(active === undefined ? {} : { signsWith: active.keyId }),
    known: new Map(state.keys.map(({ keyId }) => [keyId, before?.known.get(keyId) ?? now])),
    signedUntil,
  }
  await store.writeReport(report)
}

/**
 * Waits for that signer no more. What it signed is not forgotten: its keys stay until those tokens are dead.
 * @throws ConfigError when there is none of that name
 */
export async function forgetSigner(store: KeyStore, instance: string): Promise<void> {
  const report = (await store.readReports()).find((each) => each.instance === instance)
  if (report === undefined)
    throw new ConfigError(`there is no signer \`${instance.slice(0, 100)}\``, {
      hint: '`openirsa keys list` names them',
    })
  await store.update((state) => ({
    ...state,
    keys: state.keys.map((key) => {
      const until = report.signedUntil.get(key.keyId)
      return until === undefined ? key : { ...key, signedUntil: instant(Math.max(until, key.signedUntil ?? 0)) }
    }),
  }))
  await store.removeReport(instance)
}
