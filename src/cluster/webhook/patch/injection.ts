import type { WebhookSettings } from '../model.ts'
import type { PodIdentity } from '../pod-identity.ts'
import type { Mount } from './container-patch.ts'
import type { PathStyle } from './container-path.ts'
import { keepText } from './kept-text.ts'
import type { TokenVolume } from './token-volume.ts'
import { renderTokenFile, type VariableGroup, variableGroups } from './variable-groups.ts'

/** What a container gets of an identity, when it has nothing of it: the same in every pod. */
export interface Injection {
  readonly groups: readonly VariableGroup[]
  readonly mount: Mount
}

const MOST_KEPT = 1000
/** Settings are replaced, never changed: what was made of old ones goes with them. */
const KEPT = new WeakMap<WebhookSettings, Map<string, Injection>>()

/** A cluster makes pods of few identities, many times each: their part of the patch is made once, as text too. */
export function injectionOf(
  identity: PodIdentity,
  volume: TokenVolume,
  { settings, style }: { readonly settings: WebhookSettings; readonly style: PathStyle },
): Injection {
  let kept = KEPT.get(settings)
  if (kept === undefined) {
    kept = new Map()
    KEPT.set(settings, kept)
  }
  // INVARIANT: everything of the identity that the injection depends on; what may hold a blank stands last.
  const key = `${identity.kind} ${style} ${identity.usesRegionalSts} ${identity.roleArn}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const groups = variableGroups(identity, renderTokenFile(volume, style), settings)
  const mount = { name: volume.name, readOnly: true, mountPath: volume.mountPath } as const
  for (const value of [...groups.flat(), mount]) keepText(value)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, { groups, mount })
  return { groups, mount }
}
