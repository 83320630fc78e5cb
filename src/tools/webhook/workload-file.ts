import { ConfigError, type JsonObject, type JsonValue } from '../../core/index.ts'
import { POD_PATHS } from '../../io/kube/index.ts'

export interface WorkloadFile {
  /** For messages; `-` is standard input. */
  readonly name: string
  readonly text: string
}

/** A pod that somebody would create: one of the file's own, or what a controller makes of a template in it. */
export interface PodWish {
  /** `pod/NAME`, `deployment/NAME`, … */
  readonly source: string
  readonly namespace?: string
  readonly serviceAccountName: string
  /** `metadata` without a namespace, and `spec`, as written. */
  readonly pod: JsonObject
}

export interface AccountWish {
  readonly namespace?: string
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
}

export interface Workloads {
  readonly pods: readonly PodWish[]
  readonly accounts: readonly AccountWish[]
}

/**
 * Pods, what makes pods, and service accounts of YAML files. Other kinds in them are passed over: files hold whole applications.
 * @throws ConfigError for what is no YAML, or has a pod that is none
 */
export async function readWorkloads(files: readonly WorkloadFile[]): Promise<Workloads> {
  const objects: { readonly file: string; readonly object: JsonObject }[] = []
  for (const { name, text } of files)
    for (const object of await parseObjects(name, text)) objects.push({ file: name, object })
  return {
    pods: objects.flatMap(({ file, object }) => readPod(file, object)),
    accounts: objects.filter(({ object }) => object.kind === 'ServiceAccount').map(({ object }) => readAccount(object)),
  }
}

function readPod(file: string, object: JsonObject): readonly PodWish[] {
  const kind = textOf(object.kind)
  const path = Object.hasOwn(POD_PATHS, kind) ? POD_PATHS[kind] : undefined
  if (path === undefined) return []
  const metadata = objectOf(object.metadata)
  const source = `${kind.toLowerCase()}/${textOf(metadata?.name) || textOf(metadata?.generateName)}`
  const template = path.reduce<JsonObject | undefined>((at, step) => objectOf(at?.[step]), object)
  const spec = objectOf(template?.spec)
  if (template === undefined || spec === undefined || !Array.isArray(spec.containers))
    throw new ConfigError(
      `\`${file}\`: ${source} has no pod in it: expected ${[...path, 'spec', 'containers'].join('.')}`,
    )
  const { namespace: _itsPlace, ...rest } = objectOf(template.metadata) ?? {}
  const namespace = textOf(metadata?.namespace)
  return [
    {
      source,
      serviceAccountName: textOf(spec.serviceAccountName) || textOf(spec.serviceAccount) || 'default',
      pod: { metadata: rest, spec },
      ...(namespace === '' ? {} : { namespace }),
    },
  ]
}

function readAccount({ metadata }: JsonObject): AccountWish {
  const { name, namespace, annotations } = objectOf(metadata) ?? {}
  return {
    name: textOf(name),
    annotations: Object.fromEntries(
      Object.entries(objectOf(annotations) ?? {}).map(([key, value]) => [key, textOf(value)]),
    ),
    ...(textOf(namespace) === '' ? {} : { namespace: textOf(namespace) }),
  }
}

async function parseObjects(name: string, text: string): Promise<readonly JsonObject[]> {
  const { parseAllDocuments } = await import('yaml')
  // Aliases may multiply a small text into a huge one: 100 is the library's own bound, stated here because it matters.
  const parsed = parseAllDocuments(text, { uniqueKeys: true })
  return Array.from('empty' in parsed ? [] : parsed).flatMap((document) => {
    const [fault] = document.errors
    if (fault !== undefined)
      throw new ConfigError(`\`${name}\` is not YAML: ${fault.message.split('\n')[0]}`, { cause: fault })
    const value = objectOf(document.toJS({ maxAliasCount: 100 }) as JsonValue)
    if (value === undefined) return []
    const { kind, items } = value
    return kind === 'List' && Array.isArray(items) ? items.map(objectOf).filter((item) => item !== undefined) : [value]
  })
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
