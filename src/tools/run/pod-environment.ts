import { ConfigError } from '../../core/index.ts'
import { type Fields, fieldsAt, isFields, listAt, type PodManifest } from './pod-manifest.ts'

export interface PodEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** What of the manifest is not there locally, a line each. */
  readonly missing: readonly string[]
}

/**
 * The container's variables, as kubelet makes them: `envFrom`, then `env`, each with what stands before it. What lies in the
 * cluster alone (a ConfigMap or Secret that is not in the file) is taken from the caller's environment where it has it.
 * @throws ConfigError for a variable that cannot be had
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function readPodEnvironment(
  pod: PodManifest,
  caller: Readonly<Record<string, string | undefined>>,
): PodEnvironment {
  const variables: Record<string, string> = {}
  const missing: string[] = []
  for (const source of listAt(pod.container, 'envFrom')) {
    const values = settingsIn(pod, source)
    if (values === undefined) missing.push(`envFrom of ${pod.where}: ${describe(source)} is not in the file`)
    const prefix = typeof source.prefix === 'string' ? source.prefix : ''
    for (const [name, value] of Object.entries(values ?? {})) variables[prefix + name] = value
  }
  for (const entry of listAt(pod.container, 'env')) {
    const name = String(entry.name)
    const value = valueOfEntry(entry, pod) ?? caller[name]
    if (value !== undefined) variables[name] = expand(value, variables)
    else if (isOptional(entry)) missing.push(`env of ${pod.where}: ${name} is not set`)
    else
      throw new ConfigError(`${pod.where}: the variable \`${name}\` comes from what is only in the cluster`, {
        hint: `put that ConfigMap or Secret into the file, or set ${name} in the environment`,
      })
  }
  return { variables, missing }
}

/** SPEC: `$(NAME)` is a variable that is known; one that is not stays as it is, and `$$` is one `$`. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([-._A-Za-z0-9]+)\))/g, (whole, _, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? whole),
  )
}

function valueOfEntry(entry: Fields, pod: PodManifest): string | undefined {
  if (!isFields(entry.valueFrom)) return typeof entry.value === 'string' ? entry.value : ''
  const { fieldRef, configMapKeyRef, secretKeyRef } = entry.valueFrom
  if (isFields(fieldRef)) return fieldOf(String(fieldRef.fieldPath), pod)
  if (isFields(configMapKeyRef))
    return pod.settings.get(`ConfigMap/${configMapKeyRef.name}`)?.[String(configMapKeyRef.key)]
  if (isFields(secretKeyRef)) return pod.settings.get(`Secret/${secretKeyRef.name}`)?.[String(secretKeyRef.key)]
  return undefined
}

/** Of the downward API, what a pod that does not run has. */
function fieldOf(path: string, { metadata, serviceAccount }: PodManifest): string | undefined {
  const known: Readonly<Record<string, unknown>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': serviceAccount.namespace,
    'spec.serviceAccountName': serviceAccount.name,
    'status.podIP': '127.0.0.1',
    'status.hostIP': '127.0.0.1',
    'spec.nodeName': 'local',
  }
  const [, map = '', key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? []
  const value = map === '' ? known[path] : fieldsAt(metadata, map)[key]
  return typeof value === 'string' ? value : undefined
}

function settingsIn(pod: PodManifest, source: Fields): Readonly<Record<string, string>> | undefined {
  const [kind, reference] = referenceOf(source)
  return pod.settings.get(`${kind}/${String(reference.name)}`)
}

function referenceOf(source: Fields): readonly [string, Fields] {
  return isFields(source.secretRef) ? ['Secret', source.secretRef] : ['ConfigMap', fieldsAt(source, 'configMapRef')]
}

function describe(source: Fields): string {
  const [kind, { name }] = referenceOf(source)
  return `${kind} \`${String(name)}\``
}

function isOptional({ valueFrom }: Fields): boolean {
  if (!isFields(valueFrom)) return false
  return ['configMapKeyRef', 'secretKeyRef'].some((name) => fieldsAt(valueFrom, name).optional === true)
}
