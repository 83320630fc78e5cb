import type { JsonObject, JsonValue } from '../../../core/index.ts'
import type { WebhookSettings } from '../model.ts'
import type { PodIdentity } from '../pod-identity.ts'
import type { PodView, VolumeView } from '../pod-view.ts'
import { isObject, member } from '../raw-json.ts'
import { cleanPath } from './container-path.ts'

/** The volume that holds the token. */
export interface TokenVolume {
  readonly name: string
  readonly mountPath: string
  /** The mount path in its one spelling. */
  readonly place: string
  readonly tokenPath: string
  readonly isMissing: boolean
  /** Its name belongs to a volume that holds no token. */
  readonly isTaken: boolean
}

// SPEC: names that the reference gives.
const WEB_IDENTITY_VOLUME = { name: 'aws-iam-token', tokenPath: 'token' } as const

/** Where the pod's token is, or will be. */
export function findTokenVolume(pod: PodView, { kind }: PodIdentity, settings: WebhookSettings): TokenVolume {
  const own = settings.containerCredentials
  const [name, tokenPath, mountPath] =
    kind === 'web-identity'
      ? [WEB_IDENTITY_VOLUME.name, WEB_IDENTITY_VOLUME.tokenPath, settings.mountPath]
      : [own.volumeName, own.tokenPath, own.mountPath]
  let [isMissing, holdsAll] = [true, true]
  for (const volume of pod.volumes ?? []) {
    if (volume.name !== name) continue
    isMissing = false
    holdsAll &&= projects(volume, (source) => holdsToken(source, tokenPath))
  }
  return {
    name,
    tokenPath,
    mountPath,
    place: cleanPath(mountPath),
    isMissing,
    isTaken: !holdsAll && !settings.compatibility.has('taken-volume-name'),
  }
}

/** Is it a projected volume with such a source? */
export function projects({ raw }: VolumeView, isSource: (source: JsonObject) => boolean): boolean {
  const projected = member(raw, 'projected')
  const sources = isObject(projected) ? member(projected, 'sources') : undefined
  return Array.isArray(sources) && sources.some((source: JsonValue) => isObject(source) && isSource(source))
}

function holdsToken(source: JsonObject, tokenPath: string): boolean {
  const token = member(source, 'serviceAccountToken')
  return isObject(token) && member(token, 'path') === tokenPath
}
