import { ConfigError } from '../../core/index.ts'
import { askInstallation } from '../../io/installation/index.ts'

export interface ManifestFile {
  /** For messages; `-` is standard input. */
  readonly name: string
  readonly text: string
}

export interface AppliedObject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly outcome: 'created' | 'configured' | 'unchanged'
}

/**
 * Brings Kubernetes objects into a cluster (name or ARN; default the local one), all files in one step: all of them or none.
 * @throws ConfigError for what is no YAML, ControlError for what Kubernetes would not take
 */
export async function applyManifests(
  dataDirectory: string,
  files: readonly ManifestFile[],
  cluster?: string,
): Promise<readonly AppliedObject[]> {
  const documents: unknown[] = []
  for (const file of files) documents.push(...(await parseDocuments(file)))
  if (documents.length === 0)
    throw new ConfigError('nothing to apply: no object found', {
      hint: 'the file must hold Kubernetes objects in YAML',
    })
  const wanted = { method: 'POST', path: 'manifests', body: { documents }, cluster } as const
  const answer = (await askInstallation(dataDirectory, wanted)) as {
    objects: readonly AppliedObject[]
  }
  return answer.objects
}

/** The documents of a YAML file, empty ones apart; what they say is not looked at. @throws ConfigError for what is no YAML */
export async function parseDocuments(file: ManifestFile): Promise<readonly unknown[]> {
  const { parseAllDocuments } = await import('yaml')
  // Aliases may multiply a small text into a huge one: 100 is the library's own bound, stated here because it matters.
  const parsed = parseAllDocuments(file.text, { uniqueKeys: true })
  const documents = 'empty' in parsed ? [] : parsed
  for (const document of documents) {
    const [fault] = document.errors
    if (fault !== undefined)
      throw new ConfigError(`\`${file.name}\` is not YAML: ${fault.message.split('\n')[0]}`, { cause: fault })
  }
  return documents
    .map((document) => document.toJS({ maxAliasCount: 100 }) as unknown)
    .filter((value) => value !== null && value !== undefined)
}
