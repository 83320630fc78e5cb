import type { JsonObject } from '../../../core/index.ts'
import { keepText } from '../kept-text.ts'
import type { JsonPatchOperation, WebhookSettings } from '../model.ts'
import type { PodIdentity } from '../pod-identity.ts'
import { type ContainerAdditions, keepAdditions } from './container-patch.ts'
import type { PathStyle } from './container-path.ts'
import { keepRun } from './patch-text.ts'
import type { TokenVolume } from './token-volume.ts'
import { renderTokenFile, type VariableGroup, variableGroups } from './variable-groups.ts'

/** What a container gets of an identity, when it has nothing of it: the same in every pod. */
export interface Injection {
  readonly groups: readonly VariableGroup[]
  /** All variables of the groups, and the mount. */
  readonly whole: ContainerAdditions
  /** Adds the volume that holds a token of so long a life. */
  volumeFor(expirationSeconds: number): VolumeAdditions
}

export interface VolumeAdditions {
  /** First of all, so that what the pod has stays in its order. */
  readonly toList: JsonPatchOperation
  /** For a pod that has no list of volumes. */
  readonly asList: JsonPatchOperation
}

interface Kept extends Pick<PodIdentity, 'kind' | 'usesRegionalSts' | 'audience'> {
  readonly style: PathStyle
  readonly injection: Injection
}

/**
 * Whoever may annotate a service account chooses role and audience, and whoever makes pods the life of their tokens: a cluster's own are few,
 * and more than these take no room: some 50 MB for all together at the very most.
 */
const MOST_ROLES = 500
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
  const whole: ContainerAdditions = { variables: groups.flat(), mounts: [mount] }
  for (const value of [...whole.variables, mount]) keepText(value)
  keepAdditions(whole)
  const injection = { groups, whole, volumeFor: keptVolumes(audience, volume) }
  if (roleArn.length + (audience?.length ?? 0) > LONGEST_KEPT) return injection
  const others = ofRole.length < MOST_OF_ROLE ? ofRole : []
  if (kept.size >= MOST_ROLES && !kept.has(roleArn)) kept.clear()
  kept.set(roleArn, [...others, { kind, style, usesRegionalSts, audience, injection }])
  return injection
}

function keptVolumes(audience: string | undefined, { name, tokenPath: path }: TokenVolume): Injection['volumeFor'] {
  const kept = new Map<number, VolumeAdditions>()
  return (expirationSeconds) => {
    const known = kept.get(expirationSeconds)
    if (known !== undefined) return known
    const serviceAccountToken: JsonObject =
      audience === undefined ? { expirationSeconds, path } : { audience, expirationSeconds, path }
    const volume: JsonObject = { name, projected: { sources: [{ serviceAccountToken }] } }
    const made: VolumeAdditions = {
      toList: { op: 'add', path: '/spec/volumes/0', value: volume },
      asList: { op: 'add', path: '/spec/volumes', value: [volume] },
    }
    keepRun([made.toList])
    keepRun([made.asList])
    if (kept.size >= MOST_LIVES) kept.clear()
    kept.set(expirationSeconds, made)
    return made
  }
}
