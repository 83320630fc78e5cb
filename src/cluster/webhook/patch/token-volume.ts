import type { JsonObject, JsonValue } from '../../../core/index.ts'
import type { JsonPatchOperation, WebhookSettings } from '../model.ts'
import type { PodIdentity } from '../pod-identity.ts'
import type { PodView, VolumeView } from '../pod-view.ts'
import { isObject, member } from '../raw-json.ts'

/** What the kubelet asks the API server for. */
export interface TokenRequest {
  /** Undefined: the API server itself. */
  readonly audience: string | undefined
  readonly expirationSeconds: number
}

/** The volume that holds the token. */
export interface TokenVolume {
  readonly name: string
  readonly mountPath: string
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

/** Gives the pod the volume, first of all, unless it has it. */
export function patchTokenVolume(
  pod: PodView,
  volume: TokenVolume,
  { audience, expirationSeconds }: TokenRequest,
): readonly JsonPatchOperation[] {
  if (!volume.isMissing) return []
  const serviceAccountToken: JsonObject = {
    ...(audience === undefined ? {} : { audience }),
    expirationSeconds,
    path: volume.tokenPath,
  }
  const value = { name: volume.name, projected: { sources: [{ serviceAccountToken }] } }
  return pod.volumes === undefined
    ? [{ op: 'add', path: '/spec/volumes', value: [value] }]
    : [{ op: 'add', path: '/spec/volumes/0', value }]
}
