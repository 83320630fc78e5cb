import { ConfigError, type ServiceAccountRef } from '../../core/index.ts'
import { expand, readPodEnvironment } from './pod-environment.ts'
import { fieldsAt, findPod, listAt, type PodManifest } from './pod-manifest.ts'

/** A container's program, to be run on this machine. */
export interface PodProgram {
  readonly serviceAccount: ServiceAccountRef
  readonly command: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly workingDirectory?: string
  /** Where the container finds its token; here it lies elsewhere, and what names this path is told so. */
  readonly tokenPaths: readonly string[]
  /** What the manifest asks for itself, and the webhook therefore leaves alone. */
  readonly roleArn?: string
  readonly audience?: string
  readonly expirationSeconds?: number
  /** A line each, for people. */
  readonly missing: readonly string[]
}

export interface ProgramWanted {
  readonly documents: readonly unknown[]
  readonly container: string | undefined
  /** Instead of the container's own; empty for that. */
  readonly command: readonly string[]
  readonly caller: Readonly<Record<string, string | undefined>>
}

/** SPEC: where the pod identity webhook mounts the token unless told otherwise. */
const WEBHOOK_TOKEN_PATH = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'

/**
 * Reads what a container of a manifest runs, with its environment and its service account.
 * @throws ConfigError when there is no such container, it has no command of its own, or it gets no identity in the cluster
 */
export function readPodProgram({ documents, container, command, caller }: ProgramWanted): PodProgram {
  const pod = findPod(documents, container)
  refuseSkipped(pod)
  const { variables, missing } = readPodEnvironment(pod, caller)
  const words = command.length > 0 ? command : ownCommand(pod).map((word) => expand(word, variables))
  const projected = projectedToken(pod, variables.AWS_WEB_IDENTITY_TOKEN_FILE)
  const { workingDir } = pod.container
  const { AWS_ROLE_ARN: roleArn } = variables
  const expirationSeconds = projected?.expirationSeconds ?? expirationOfPod(pod)
  return {
    serviceAccount: pod.serviceAccount,
    command: words,
    variables,
    ...(typeof workingDir === 'string' ? { workingDirectory: workingDir } : {}),
    tokenPaths: [WEBHOOK_TOKEN_PATH, ...(projected === undefined ? [] : [projected.path])],
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(projected?.audience === undefined ? {} : { audience: projected.audience }),
    ...(expirationSeconds === undefined ? {} : { expirationSeconds }),
    missing,
  }
}

function ownCommand({ container, where }: PodManifest): readonly string[] {
  const { command, args = [] } = container
  const words = [command, args].flat()
  if (!Array.isArray(command) || command.length === 0 || !words.every((word) => typeof word === 'string'))
    throw new ConfigError(
      `the container \`${String(container.name)}\` of ${where} has no command of its own: its image knows it`,
      {
        hint: 'say what to run: openirsa run -f FILE -- COMMAND …',
      },
    )
  return words as readonly string[]
}

/** SPEC: `eks.amazonaws.com/skip-containers` is one record of names with commas between. */
function refuseSkipped({ metadata, container, where }: PodManifest): void {
  const skipped = String(fieldsAt(metadata, 'annotations')['eks.amazonaws.com/skip-containers'] ?? '')
  if (!skipped.split(',').some((name) => name.trim() === container.name)) return
  throw new ConfigError(`${where} leaves its container \`${String(container.name)}\` out of IRSA (skip-containers)`, {
    hint: 'in the cluster it has no identity: run it by itself, or choose another with --container',
  })
}

function expirationOfPod({ metadata }: PodManifest): number | undefined {
  const seconds = Number(fieldsAt(metadata, 'annotations')['eks.amazonaws.com/token-expiration'] ?? Number.NaN)
  return Number.isSafeInteger(seconds) ? seconds : undefined
}

interface ProjectedToken {
  readonly path: string
  readonly audience?: string
  readonly expirationSeconds?: number
}

/** The token that the manifest itself projects to where its AWS variable points. */
function projectedToken(pod: PodManifest, tokenFile: string | undefined): ProjectedToken | undefined {
  if (tokenFile === undefined) return undefined
  for (const mount of listAt(pod.container, 'volumeMounts')) {
    const volume = listAt(pod.spec, 'volumes').find(({ name }) => name === mount.name)
    for (const source of listAt(fieldsAt(volume ?? {}, 'projected'), 'sources')) {
      const { path, audience, expirationSeconds } = fieldsAt(source, 'serviceAccountToken')
      if (`${String(mount.mountPath).replace(/\/+$/, '')}/${String(path)}` !== tokenFile) continue
      return {
        path: tokenFile,
        ...(typeof audience === 'string' ? { audience } : {}),
        ...(typeof expirationSeconds === 'number' ? { expirationSeconds } : {}),
      }
    }
  }
  return undefined
}
