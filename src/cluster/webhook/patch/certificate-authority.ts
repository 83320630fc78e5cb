import type { JsonObject, JsonValue } from '../../../core/index.ts'
import type { JsonPatchOperation, WebhookSettings } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { isObject, member } from '../raw-json.ts'
import { quote } from '../warnings.ts'
import { type ContainerAdditions, hasVariable, NO_ADDITIONS } from './container-patch.ts'
import { cleanPath, type PathStyle, renderFilePath } from './container-path.ts'
import { projects } from './token-volume.ts'

/** The pod's annotation that holds the PEM. */
export const CERTIFICATE_AUTHORITY_ANNOTATION = 'openirsa.dev/certificate-authority'

const VOLUME_NAME = 'openirsa-certificate-authority'
const MOUNT_PATH = '/var/run/secrets/openirsa.dev/certificate-authority'
const MOUNT = { name: VOLUME_NAME, readOnly: true, mountPath: MOUNT_PATH } as const
const FILE_NAME = 'ca.pem'
const VARIABLES = ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const
/** SPEC: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/: all of a pod's together have 256 KiB. */
const ANNOTATION_BYTES = 262_144

/** The certificates of one's own endpoint, on their way into a pod: an annotation, which the downward API shows as a file. */
export interface CertificateAuthority {
  readonly annotations: Readonly<Record<string, string>>
  readonly volume: readonly JsonPatchOperation[]
  additionsTo(container: ContainerView): ContainerAdditions
}

/** With nothing in it where none is configured, or the pod has no room for it. */
export function planCertificateAuthority(
  pod: PodView,
  { settings, notes, style }: { readonly settings: WebhookSettings; readonly notes: Notes; readonly style: PathStyle },
): CertificateAuthority {
  const pem = settings.endpoint?.certificateAuthorityPem
  if (pem === undefined || pem === '') return NOTHING
  const obstacle = findObstacle(pod, pem)
  if (obstacle !== undefined) {
    notes.add('certificate-authority-not-injected', obstacle)
    return NOTHING
  }
  const isPresent = pod.annotations?.has(CERTIFICATE_AUTHORITY_ANNOTATION) === true
  return {
    // Who has set the annotation by hand brings certificates of its own.
    annotations: isPresent ? {} : { [CERTIFICATE_AUTHORITY_ANNOTATION]: pem },
    volume: hasVolume(pod) ? [] : [{ op: 'add', path: '/spec/volumes/-', value: VOLUME }],
    additionsTo: (container) => additionsTo(container, style, notes),
  }
}

const NOTHING: CertificateAuthority = { annotations: {}, volume: [], additionsTo: () => NO_ADDITIONS }

// SPEC: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-fieldRef
const FIELD_PATH = `metadata.annotations['${CERTIFICATE_AUTHORITY_ANNOTATION}']`
const VOLUME = {
  name: VOLUME_NAME,
  projected: { sources: [{ downwardAPI: { items: [{ path: FILE_NAME, fieldRef: { fieldPath: FIELD_PATH } }] } }] },
}

function hasVolume(pod: PodView): boolean {
  return pod.volumes?.some(({ name }) => name === VOLUME_NAME) ?? false
}

function findObstacle(pod: PodView, pem: string): string | undefined {
  const own = pod.volumes?.find(({ name }) => name === VOLUME_NAME)
  if (own !== undefined && !projects(own, showsFile)) {
    return `the name ${quote(VOLUME_NAME)} belongs to another volume, no certificates are injected`
  }
  const present = [...(pod.annotations ?? [])].reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0)
  const isTooMuch = present + bytes(CERTIFICATE_AUTHORITY_ANNOTATION) + bytes(pem) > ANNOTATION_BYTES
  const isPresent = pod.annotations?.has(CERTIFICATE_AUTHORITY_ANNOTATION) === true
  return isTooMuch && !isPresent ? 'the pod has no room for the certificates in its annotations' : undefined
}

function showsFile(source: JsonObject): boolean {
  const api = member(source, 'downwardAPI')
  const items = isObject(api) ? member(api, 'items') : undefined
  return Array.isArray(items) && items.some((item: JsonValue) => isObject(item) && member(item, 'path') === FILE_NAME)
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}

function additionsTo(container: ContainerView, style: PathStyle, notes: Notes): ContainerAdditions {
  const isMounted = container.mounts?.some(({ name }) => name === VOLUME_NAME) ?? false
  const missing = VARIABLES.filter((name) => !hasVariable(container, name))
  if (missing.length < VARIABLES.length && !isMounted) noteOwn(container, notes)
  if (missing.length === 0) return NO_ADDITIONS
  if (!isMounted && container.mounts?.some(({ path }) => cleanPath(path) === MOUNT_PATH) === true) {
    const text = `${quote(MOUNT_PATH)} has another mount, no certificates are injected`
    notes.addForContainer('certificate-authority-not-injected', text, container.name)
    return NO_ADDITIONS
  }
  const value = renderFilePath(MOUNT_PATH, FILE_NAME, style)
  return {
    variables: missing.map((name) => ({ name, value })),
    mounts: isMounted ? [] : [MOUNT],
  }
}

function noteOwn(container: ContainerView, notes: Notes): void {
  const set = VARIABLES.filter((name) => hasVariable(container, name)).join()
  notes.addForContainer(
    'certificate-authority-not-injected',
    `${set} is set by hand and stays as it is`,
    container.name,
  )
}
