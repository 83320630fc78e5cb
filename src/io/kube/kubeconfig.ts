import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ConfigError } from '../../core/index.ts'
import { readCluster } from './kubeconfig-cluster.ts'
import { type Place, recordAt, textAt } from './kubeconfig-members.ts'
import { readUser } from './kubeconfig-user.ts'
import type { KubeAccess } from './model.ts'
import { isRecord } from './status.ts'

export interface KubeconfigOptions {
  readonly path: string
  /** `current-context` when absent. */
  readonly context?: string
}

/** A kubeconfig of many hundred clusters is far smaller. */
const MOST_BYTES = 8 * 1024 * 1024

/**
 * What a kubeconfig says of one context.
 * SPEC: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/; relative paths start at the file's own directory.
 * @throws ConfigError when the file cannot be read, or says what is not understood
 */
export async function readKubeconfig({ path, context }: KubeconfigOptions): Promise<KubeAccess> {
  const file = resolve(path)
  const place: Place = { file, directory: dirname(file), what: `\`${path}\`` }
  const document = await parseYaml(await readText(file, path), place)
  const chosen = context ?? textAt(document, 'current-context', place) ?? ''
  if (chosen === '')
    throw new ConfigError(`${place.what} has no current-context`, {
      hint: `name one with --context: ${namesOf(document.contexts)}`,
    })
  const found = entryOf(document, { list: 'contexts', member: 'context', name: chosen }, place)
  const at = { ...place, what: `context \`${chosen}\` of ${place.what}` }
  const clusterName = textAt(found, 'cluster', at) ?? ''
  const userName = textAt(found, 'user', at) ?? ''
  const namespace = textAt(found, 'namespace', at)
  const cluster = entryOf(document, { list: 'clusters', member: 'cluster', name: clusterName }, place)
  const clusterPlace = { ...place, what: `cluster \`${clusterName}\` of ${place.what}` }
  const reached = await readCluster(cluster, clusterPlace)
  const credentials =
    userName === ''
      ? ({ kind: 'none' } as const)
      : await readUser(entryOf(document, { list: 'users', member: 'user', name: userName }, place), {
          place: { ...place, what: `user \`${userName}\` of ${place.what}` },
          cluster: { ...reached, extension: extensionOf(cluster) },
        })
  return {
    ...reached,
    credentials,
    context: chosen,
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  }
}

async function readText(file: string, path: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    if (text.length <= MOST_BYTES) return text
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new ConfigError(`the kubeconfig \`${path}\` cannot be read (${code})`, { cause })
  }
  throw new ConfigError(`the kubeconfig \`${path}\` is too long`)
}

async function parseYaml(text: string, place: Place): Promise<Readonly<Record<string, unknown>>> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { uniqueKeys: true })
  const [fault] = document.errors
  // Its words would quote the line, which may be a token's.
  if (fault !== undefined)
    throw new ConfigError(`${place.what} is not YAML: ${fault.code} at line ${fault.linePos?.[0].line ?? '?'}`)
  const value: unknown = document.toJS({ maxAliasCount: 100 })
  if (!isRecord(value)) throw new ConfigError(`${place.what} is no kubeconfig`)
  const { kind = 'Config', apiVersion = 'v1' } = value
  if (kind !== 'Config' || apiVersion !== 'v1')
    throw new ConfigError(`${place.what} is no kubeconfig: expected kind Config, apiVersion v1`)
  return value
}

interface Wanted {
  readonly list: 'contexts' | 'clusters' | 'users'
  readonly member: string
  readonly name: string
}

function entryOf(
  document: Readonly<Record<string, unknown>>,
  { list, member, name }: Wanted,
  place: Place,
): Readonly<Record<string, unknown>> {
  const entries = Array.isArray(document[list]) ? document[list].filter(isRecord) : []
  // SPEC: of several with one name, the first counts.
  const entry = entries.find((one) => one.name === name)
  if (entry === undefined)
    throw new ConfigError(`${place.what} has no ${member} \`${name}\``, { hint: `it has: ${namesOf(document[list])}` })
  return recordAt(entry, member, place)
}

function namesOf(list: unknown): string {
  const names = (Array.isArray(list) ? list : []).filter(isRecord).map(({ name }) => String(name))
  return names.length === 0 ? 'none' : names.slice(0, 20).join(', ')
}

/** What an exec plug-in is told beside the address of its cluster. */
function extensionOf({ extensions }: Readonly<Record<string, unknown>>): unknown {
  const named = Array.isArray(extensions) ? extensions.filter(isRecord) : []
  return named.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension
}
