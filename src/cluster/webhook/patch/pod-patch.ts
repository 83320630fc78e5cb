import type { JsonPatchOperation, WebhookSettings } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { PodIdentity } from '../pod-identity.ts'
import type { ContainerView, PodView } from '../pod-view.ts'
import { quote } from '../warnings.ts'
import { type CertificateAuthority, planCertificateAuthority } from './certificate-authority.ts'
import {
  type ContainerAdditions,
  canBeRewritten,
  hasVariable,
  missingVariables,
  NO_ADDITIONS,
  patchContainer,
  patchedContainer,
} from './container-patch.ts'
import { cleanPath } from './container-path.ts'
import { type Injection, injectionOf, type VolumeAdditions } from './injection.ts'
import { patchMetadata } from './metadata-patch.ts'
import { findTokenVolume, type TokenVolume } from './token-volume.ts'
import { pathStyleOf } from './variable-groups.ts'

/** Everything that the patch of one pod depends on. */
export interface PatchPlan {
  readonly pod: PodView
  readonly identity: PodIdentity
  readonly expirationSeconds: number
  readonly skippedContainers: ReadonlySet<string>
  readonly settings: WebhookSettings
  readonly notes: Notes
}

/**
 * What the pod lacks of its identity, as operations that only add: label, volume, then each container's variables and mount.
 * A pod that was patched lacks nothing.
 */
export function planPodPatch(plan: PatchPlan): readonly JsonPatchOperation[] {
  const { pod, identity, settings, notes } = plan
  if (!pod.hasSpec) return []
  const volume = findTokenVolume(pod, identity, settings)
  const style = pathStyleOf(pod, settings)
  const authority = planCertificateAuthority(pod, { settings, notes, style })
  const injection = injectionOf(identity, volume, { settings, style })
  const own = { plan, volume, authority, injection }
  const additions = pod.containers.map((container) => planContainer(container, own))
  const operations = [
    ...patchMetadata(pod, { labels: labelsOf(identity), annotations: authority.annotations }),
    ...(volume.isMissing ? [addVolume(pod, injection.volumeFor(plan.expirationSeconds))] : []),
    ...authority.volume,
  ]
  if (settings.compatibility.has('whole-arrays') && pod.containers.every(({ raw }) => canBeRewritten(raw)))
    return [...operations, ...wholeArrays(pod.containers, additions)]
  for (const [at, container] of pod.containers.entries())
    patchContainer(container, additions[at] ?? NO_ADDITIONS, operations)
  return operations
}

function addVolume(pod: PodView, { toList, asList }: VolumeAdditions): JsonPatchOperation {
  return pod.volumes === undefined ? asList : toList
}

/** SPEC: the label has this domain whatever the annotations' is. */
function labelsOf({ kind }: PodIdentity): Readonly<Record<string, string>> {
  return kind === 'container-credentials' ? { 'eks.amazonaws.com/pod-identity': 'enabled' } : {}
}

interface ContainerPlan {
  readonly plan: PatchPlan
  readonly volume: TokenVolume
  readonly authority: CertificateAuthority
  readonly injection: Injection
}

function planContainer(
  container: ContainerView,
  { plan, volume, authority, injection: { groups, whole } }: ContainerPlan,
): ContainerAdditions {
  if (plan.skippedContainers.has(container.name) || isShutOut(container, volume, plan)) return NO_ADDITIONS
  const variables = missingVariables(container, { groups, all: whole.variables }, plan.notes)
  const mounts = needsMount(container, volume, plan.identity) ? whole.mounts : []
  const more = authority.additionsTo(container)
  if (more === NO_ADDITIONS) {
    const isWhole = variables === whole.variables && mounts === whole.mounts
    return isWhole ? whole : { variables, mounts }
  }
  return { variables: [...variables, ...more.variables], mounts: [...mounts, ...more.mounts] }
}

/** Where the token cannot be mounted, variables that name its file would only break what the container has. */
function isShutOut(container: ContainerView, volume: TokenVolume, { settings, notes }: PatchPlan): boolean {
  const own = container.mounts?.find(({ name }) => name === volume.name)
  if (own !== undefined) {
    // SPEC: whoever mounts a volume of this name by hand gets the variables, and sees to the file.
    if (cleanPath(own.path) !== volume.place) {
      notes.addForContainer(
        'mounted-elsewhere',
        `${volume.name} is mounted by hand, but not at ${quote(volume.mountPath)}`,
        container.name,
      )
    }
    return false
  }
  if (volume.isTaken) {
    notes.addForContainer(
      'volume-name-taken',
      `the name ${quote(volume.name)} belongs to another volume, nothing is injected`,
      container.name,
    )
    return true
  }
  if (settings.compatibility.has('taken-mount-path')) return false
  const isTaken = container.mounts?.some(({ path }) => cleanPath(path) === volume.place) ?? false
  if (isTaken) {
    notes.addForContainer(
      'mount-path-taken',
      `${quote(volume.mountPath)} has another mount, nothing is injected`,
      container.name,
    )
  }
  return isTaken
}

/** SPEC: a container that has its identity, a region and the STS variable by hand gets no mount either. */
function needsMount(container: ContainerView, volume: TokenVolume, { kind }: PodIdentity): boolean {
  const isListed = container.mounts?.some(({ name }) => name === volume.name) ?? false
  if (isListed || container.variables === undefined) return !isListed
  const has = (...names: readonly string[]) => names.some((name) => hasVariable(container, name))
  const hasIdentity =
    kind === 'web-identity'
      ? has('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE')
      : has('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  return !(hasIdentity && has('AWS_REGION', 'AWS_DEFAULT_REGION') && has('AWS_STS_REGIONAL_ENDPOINTS'))
}

/** The reference's form: first the containers, then the init containers if there are any. */
function wholeArrays(
  containers: readonly ContainerView[],
  additions: readonly ContainerAdditions[],
): readonly JsonPatchOperation[] {
  const patched = containers.map((container, at) => ({
    list: container.list,
    raw: patchedContainer(container, additions[at] ?? NO_ADDITIONS),
  }))
  const of = (list: ContainerView['list']) => patched.filter((entry) => entry.list === list).map(({ raw }) => raw)
  const initContainers = of('initContainers')
  return [
    { op: 'add', path: '/spec/containers', value: of('containers') },
    ...(initContainers.length > 0 ? [{ op: 'add', path: '/spec/initContainers', value: initContainers } as const] : []),
  ]
}
