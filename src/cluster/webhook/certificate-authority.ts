import type { ContainerAdditions } from './container-patch.ts'
import { hasVariable } from './container-patch.ts'
import type { JsonPatchOperation, WebhookSettings } from './model.ts'
import type { Notes } from './notes.ts'
import type { ContainerView, PodView } from './pod-view.ts'
import { pointerStep } from './raw-json.ts'

/** The pod's annotation that holds the PEM; its author may have set another one, which is left. */
export const CERTIFICATE_AUTHORITY_ANNOTATION = 'openirsa.dev/certificate-authority'

const VOLUME_NAME = 'openirsa-certificate-authority'
const MOUNT_PATH = '/var/run/secrets/openirsa.dev/certificate-authority'
const FILE_NAME = 'ca.pem'
const VARIABLES = ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const

/** The certificates of one's own endpoint, on their way into a pod: an annotation, which the downward API shows as a file. */
export interface CertificateAuthority {
  readonly pem: string
  readonly isVolumeMissing: boolean
  additionsTo(container: ContainerView): ContainerAdditions
}

/** Undefined: none is configured, or the pod has no room for it. */
export function findCertificateAuthority(
  pod: PodView,
  settings: WebhookSettings,
  notes: Notes,
): CertificateAuthority | undefined {
  const pem = settings.endpoint?.certificateAuthorityPem
  if (pem === undefined) return undefined
  const isVolumeMissing = pod.volumes?.every(({ name }) => name !== VOLUME_NAME) ?? true
  return { pem, isVolumeMissing, additionsTo: (container) => additionsTo(container, notes) }
}

/** `isVolumeListMade`: an operation before these gives the pod its list of volumes. */
export function patchCertificateAuthority(
  pod: PodView,
  authority: CertificateAuthority | undefined,
  { isVolumeListMade }: { readonly isVolumeListMade: boolean },
): readonly JsonPatchOperation[] {
  if (authority === undefined) return []
  return [...annotationOperations(pod, authority), ...volumeOperations(pod, authority, isVolumeListMade)]
}

function additionsTo(container: ContainerView, notes: Notes): ContainerAdditions {
  const variables = VARIABLES.filter((name) => !hasVariable(container, name))
  if (variables.length < VARIABLES.length && !mountsIt(container)) {
    const set = VARIABLES.filter((name) => hasVariable(container, name)).join()
    notes.addForContainer(
      'certificate-authority-not-injected',
      `${set} is set by hand and is left as it is`,
      container.name,
    )
  }
  const needsMount = variables.length > 0 && !mountsIt(container)
  return {
    variables: variables.map((name) => ({ name, value: `${MOUNT_PATH}/${FILE_NAME}` })),
    mounts: needsMount ? [{ name: VOLUME_NAME, path: MOUNT_PATH }] : [],
  }
}

function mountsIt(container: ContainerView): boolean {
  return container.mounts?.some(({ name }) => name === VOLUME_NAME) ?? false
}

function annotationOperations(pod: PodView, { pem }: CertificateAuthority): readonly JsonPatchOperation[] {
  if (pod.annotations?.has(CERTIFICATE_AUTHORITY_ANNOTATION) === true) return []
  if (pod.annotations === undefined) {
    return [{ op: 'add', path: '/metadata/annotations', value: { [CERTIFICATE_AUTHORITY_ANNOTATION]: pem } }]
  }
  return [{ op: 'add', path: `/metadata/annotations/${pointerStep(CERTIFICATE_AUTHORITY_ANNOTATION)}`, value: pem }]
}

function volumeOperations(
  pod: PodView,
  { isVolumeMissing }: CertificateAuthority,
  isVolumeListMade: boolean,
): readonly JsonPatchOperation[] {
  if (!isVolumeMissing) return []
  // SPEC: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-fieldRef
  const fieldRef = { fieldPath: `metadata.annotations['${CERTIFICATE_AUTHORITY_ANNOTATION}']` }
  const value = {
    name: VOLUME_NAME,
    projected: { sources: [{ downwardAPI: { items: [{ path: FILE_NAME, fieldRef }] } }] },
  }
  if (pod.volumes === undefined && !isVolumeListMade) return [{ op: 'add', path: '/spec/volumes', value: [value] }]
  return [{ op: 'add', path: '/spec/volumes/-', value }]
}
