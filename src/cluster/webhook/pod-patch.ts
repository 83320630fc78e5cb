import { posix } from 'node:path'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import {
  type CertificateAuthority,
  findCertificateAuthority,
  patchCertificateAuthority,
} from './certificate-authority.ts'
import {
  type ContainerAdditions,
  hasVariable,
  missingVariables,
  patchContainer,
  patchedContainer,
  type VariableGroup,
} from './container-patch.ts'
import type { JsonPatchOperation, WebhookSettings } from './model.ts'
import type { Notes } from './notes.ts'
import type { PodIdentity } from './pod-identity.ts'
import type { ContainerView, PodView, VolumeView } from './pod-view.ts'
import { isObject, member, pointerStep } from './raw-json.ts'
import { quote } from './warnings.ts'

/** Everything that the patch of one pod depends on. */
export interface PatchPlan {
  readonly pod: PodView
  readonly identity: PodIdentity
  readonly expirationSeconds: number
  readonly skippedContainers: ReadonlySet<string>
  readonly settings: WebhookSettings
  readonly notes: Notes
}

export interface PodPatch {
  readonly operations: readonly JsonPatchOperation[]
  /** Was something added to a container? */
  readonly reachesContainers: boolean
}

/**
 * What the pod lacks of its identity, as operations that only add: label, volume, then each container's variables and mount.
 * A pod that was patched lacks nothing.
 */
export function planPodPatch(plan: PatchPlan): PodPatch {
  if (!plan.pod.hasSpec) return { operations: [], reachesContainers: false }
  const volume = planVolume(plan)
  const authority = findCertificateAuthority(plan.pod, plan.settings, plan.notes)
  const groups = variableGroups(plan, volume)
  const additions = plan.pod.containers.map((container) =>
    planContainer(container, { plan, volume, groups, authority }),
  )
  const reachesContainers = additions.some(({ variables, mounts }) => variables.length > 0 || mounts.length > 0)
  return {
    operations: [
      ...labelOperations(plan),
      ...volumeOperations(plan, volume),
      ...patchCertificateAuthority(plan.pod, authority, { isVolumeListMade: volume.isMissing }),
      ...(plan.settings.compatibility.has('whole-arrays')
        ? wholeArrays(plan.pod.containers, additions)
        : plan.pod.containers.flatMap((container, at) => patchContainer(container, additions[at] ?? NOTHING))),
    ],
    reachesContainers,
  }
}

const NOTHING: ContainerAdditions = { variables: [], mounts: [] }

/** The volume that holds the token. */
interface TokenVolume {
  readonly name: string
  readonly mountPath: string
  readonly tokenPath: string
  readonly isMissing: boolean
  /** Its name belongs to a volume that holds no token. */
  readonly isTaken: boolean
}

// SPEC: names that the reference gives; the label has this domain whatever the annotations' is.
const WEB_IDENTITY_VOLUME = { name: 'aws-iam-token', tokenPath: 'token' } as const
const POD_IDENTITY_LABEL = 'eks.amazonaws.com/pod-identity'

function planVolume({ pod, identity, settings }: PatchPlan): TokenVolume {
  const shape =
    identity.kind === 'web-identity'
      ? { ...WEB_IDENTITY_VOLUME, mountPath: settings.mountPath }
      : {
          name: settings.containerCredentials.volumeName,
          tokenPath: settings.containerCredentials.tokenPath,
          mountPath: settings.containerCredentials.mountPath,
        }
  const present = pod.volumes?.filter(({ name }) => name === shape.name) ?? []
  return {
    ...shape,
    isMissing: present.length === 0,
    isTaken:
      !settings.compatibility.has('taken-volume-name') &&
      present.some((volume) => !holdsToken(volume, shape.tokenPath)),
  }
}

function holdsToken({ raw }: VolumeView, tokenPath: string): boolean {
  const projected = member(raw, 'projected')
  const sources = isObject(projected) ? member(projected, 'sources') : undefined
  return Array.isArray(sources) && sources.some((source: JsonValue) => isTokenSource(source, tokenPath))
}

function isTokenSource(source: JsonValue, tokenPath: string): boolean {
  const token = isObject(source) ? member(source, 'serviceAccountToken') : undefined
  return isObject(token) && member(token, 'path') === tokenPath
}

/** In the reference's order; what is ours comes after it. */
function variableGroups({ pod, identity, settings }: PatchPlan, volume: TokenVolume): readonly VariableGroup[] {
  const tokenFile = renderTokenFile(volume, isWindowsPod(pod, settings))
  const region = settings.region ?? ''
  const { url, stsUrl } = settings.endpoint ?? {}
  return [
    group(identity.usesRegionalSts ? [['AWS_STS_REGIONAL_ENDPOINTS', 'regional']] : []),
    group(
      region === ''
        ? []
        : [
            ['AWS_DEFAULT_REGION', region],
            ['AWS_REGION', region],
          ],
    ),
    group(identityVariables(identity, settings, tokenFile)),
    group(url === undefined ? [] : [['AWS_ENDPOINT_URL', url]]),
    group(stsUrl === undefined ? [] : [['AWS_ENDPOINT_URL_STS', stsUrl]]),
  ].filter(({ variables }) => variables.length > 0)
}

type NameAndValue = readonly [name: string, value: string]

function identityVariables(
  identity: PodIdentity,
  settings: WebhookSettings,
  tokenFile: string,
): readonly NameAndValue[] {
  if (identity.kind === 'web-identity') {
    return [
      ['AWS_ROLE_ARN', identity.roleArn],
      ['AWS_WEB_IDENTITY_TOKEN_FILE', tokenFile],
    ]
  }
  return [
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', settings.containerCredentials.fullUri],
    ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', tokenFile],
  ]
}

function group(pairs: readonly NameAndValue[]): VariableGroup {
  return { variables: pairs.map(([name, value]) => ({ name, value })), isWarnedOf: true }
}

function isWindowsPod({ nodeSelector, osName }: PodView, { compatibility }: WebhookSettings): boolean {
  if (nodeSelector.get('kubernetes.io/os') === 'windows' || nodeSelector.get('beta.kubernetes.io/os') === 'windows')
    return true
  return osName === 'windows' && !compatibility.has('node-selector-os')
}

/** SPEC: the variable names a path of Windows, the mount stays POSIX. */
function renderTokenFile({ mountPath, tokenPath }: TokenVolume, isWindows: boolean): string {
  const file = cleanPath(`${mountPath}/${tokenPath}`)
  return isWindows ? `C:${file.replaceAll('/', '\\')}` : file
}

/** One spelling for one place: no slash at the end, none twice, no dots. */
function cleanPath(path: string): string {
  const clean = posix.normalize(path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}

interface ContainerPlan {
  readonly plan: PatchPlan
  readonly volume: TokenVolume
  readonly groups: readonly VariableGroup[]
  readonly authority: CertificateAuthority | undefined
}

function planContainer(
  container: ContainerView,
  { plan, volume, groups, authority }: ContainerPlan,
): ContainerAdditions {
  if (plan.skippedContainers.has(container.name) || isShutOut(container, volume, plan)) return NOTHING
  const variables = missingVariables(container, groups, plan.notes)
  const mounts = needsMount(container, volume, plan.identity) ? [{ name: volume.name, path: volume.mountPath }] : []
  const more = authority?.additionsTo(container) ?? NOTHING
  return { variables: [...variables, ...more.variables], mounts: [...mounts, ...more.mounts] }
}

/** Where the token cannot be mounted, variables that name its file would only break what the container has. */
function isShutOut(container: ContainerView, volume: TokenVolume, { settings, notes }: PatchPlan): boolean {
  const own = container.mounts?.find(({ name }) => name === volume.name)
  if (own !== undefined) {
    // SPEC: whoever mounts a volume of this name by hand gets the variables, and sees to the file.
    if (cleanPath(own.path) !== cleanPath(volume.mountPath)) {
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
  const isTaken = container.mounts?.some(({ path }) => cleanPath(path) === cleanPath(volume.mountPath)) ?? false
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
  const has = (...names: readonly string[]) => names.some((name) => hasVariable(container, name))
  const hasIdentity =
    kind === 'web-identity'
      ? has('AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE')
      : has('AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
  if (hasIdentity && has('AWS_REGION', 'AWS_DEFAULT_REGION') && has('AWS_STS_REGIONAL_ENDPOINTS')) return false
  return container.mounts?.every(({ name }) => name !== volume.name) ?? true
}

function labelOperations({ pod, identity }: PatchPlan): readonly JsonPatchOperation[] {
  if (identity.kind !== 'container-credentials' || pod.labels?.get(POD_IDENTITY_LABEL) === 'enabled') return []
  if (pod.labels !== undefined) {
    return [{ op: 'add', path: `/metadata/labels/${pointerStep(POD_IDENTITY_LABEL)}`, value: 'enabled' }]
  }
  const labels = { [POD_IDENTITY_LABEL]: 'enabled' }
  return pod.hasMetadata
    ? [{ op: 'add', path: '/metadata/labels', value: labels }]
    : [{ op: 'add', path: '/metadata', value: { labels } }]
}

function volumeOperations(
  { pod, identity, expirationSeconds }: PatchPlan,
  volume: TokenVolume,
): readonly JsonPatchOperation[] {
  if (!volume.isMissing) return []
  const serviceAccountToken: JsonObject = {
    ...(identity.audience === undefined ? {} : { audience: identity.audience }),
    expirationSeconds,
    path: volume.tokenPath,
  }
  const value = { name: volume.name, projected: { sources: [{ serviceAccountToken }] } }
  return pod.volumes === undefined
    ? [{ op: 'add', path: '/spec/volumes', value: [value] }]
    : [{ op: 'add', path: '/spec/volumes/0', value }]
}

/** The reference's form: first the containers, then the init containers if there are any. */
function wholeArrays(
  containers: readonly ContainerView[],
  additions: readonly ContainerAdditions[],
): readonly JsonPatchOperation[] {
  const patched = containers.map((container, at) => ({
    list: container.list,
    raw: patchedContainer(container, additions[at] ?? NOTHING),
  }))
  const of = (list: ContainerView['list']) => patched.filter((entry) => entry.list === list).map(({ raw }) => raw)
  const initContainers = of('initContainers')
  return [
    { op: 'add', path: '/spec/containers', value: of('containers') },
    ...(initContainers.length > 0 ? [{ op: 'add', path: '/spec/initContainers', value: initContainers } as const] : []),
  ]
}
