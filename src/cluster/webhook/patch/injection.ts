import type { JsonObject } from '../../../core/index.ts'
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
  /** The volume that holds a token of so long a life. */
  volumeFor(expirationSeconds: number): KeptVolume
}

export interface KeptVolume {
  readonly volume: JsonObject
  /** For a pod that has no list of volumes. */
  readonly list: readonly [JsonObject]
}

interface Kept extends Pick<PodIdentity, 'kind' | 'usesRegionalSts' | 'audience'> {
  readonly style: PathStyle
  readonly injection: Injection
}

/**
 * Whoever may annotate a service account chooses role and audience, and whoever makes pods the life of their tokens: a cluster's own are few,
 * and more than these take no room: some 25 MB for all together at the very most.
 */
const MOST_ROLES = 1000
const MOST_OF_ROLE = 4
const MOST_LIVES = 4
const LONGEST_KEPT = 512
/** Settings are replaced, never changed: what was made of old ones goes with them. */
const KEPT = new WeakMap<WebhookSettings, Map<string, Kept[]>>()

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
  const { kind, usesRegionalSts, audience, roleArn } = identity
  const ofRole = kept.get(roleArn) ?? []
  // INVARIANT: everything of the identity that the injection depends on.
  const known = ofRole.find(
    (one) =>
      one.kind === kind && one.style === style && one.usesRegionalSts === usesRegionalSts && one.audience === audience,
  )
  if (known !== undefined) return known.injection
  const groups = variableGroups(identity, renderTokenFile(volume, style), settings)
  const mount = { name: volume.name, readOnly: true, mountPath: volume.mountPath } as const
  for (const value of [...groups.flat(), mount]) keepText(value)
  const injection = { groups, mount, volumeFor: keptVolumes(audience, volume) }
  if (roleArn.length + (audience?.length ?? 0) > LONGEST_KEPT) return injection
  const others = ofRole.length < MOST_OF_ROLE ? ofRole : []
  if (kept.size >= MOST_ROLES) kept.clear()
  kept.set(roleArn, [...others, { kind, style, usesRegionalSts, audience, injection }])
  return injection
}

function keptVolumes(audience: string | undefined, { name, tokenPath: path }: TokenVolume): Injection['volumeFor'] {
  const kept = new Map<number, KeptVolume>()
  return (expirationSeconds) => {
    const known = kept.get(expirationSeconds)
    if (known !== undefined) return known
    const serviceAccountToken: JsonObject =
      audience === undefined ? { expirationSeconds, path } : { audience, expirationSeconds, path }
    const volume: JsonObject = { name, projected: { sources: [{ serviceAccountToken }] } }
    const made: KeptVolume = { volume, list: [volume] }
    keepText(made.volume)
    keepText(made.list)
    if (kept.size >= MOST_LIVES) kept.clear()
    kept.set(expirationSeconds, made)
    return made
  }
}
