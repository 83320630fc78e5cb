import type { ServiceAccountRef } from '../../core/index.ts'
import { type FileText, followFiles, type Log } from '../../io/host/index.ts'
import type { SourceStatus } from './source-status.ts'

/** The service accounts that get container credentials, from a file that is followed. */
export interface IdentitiesFile {
  isListed(ref: ServiceAccountRef): boolean
  status(): SourceStatus
  close(): void
}

export interface IdentitiesFileParts {
  readonly path: string
  readonly log: Log
  readonly onWarnings: (count: number) => void
}

export async function followIdentitiesFile({ path, log, onWarnings }: IdentitiesFileParts): Promise<IdentitiesFile> {
  let listed: ReadonlySet<string> = new Set()
  let fault: string | undefined
  const files = followFiles({
    paths: [path],
    onTexts: ([text]) => {
      // SPEC: the reference takes a missing or empty file for an empty list, and keeps the old list over a malformed one.
      const found = readIdentities(text)
      fault = typeof found === 'string' ? found : undefined
      if (typeof found === 'string') {
        log.warn({ path, reason: found }, 'the identities file is unusable; the old list stays')
        onWarnings(1)
        return
      }
      listed = found
      log.info({ path, entries: listed.size }, 'the identities file was read')
    },
  })
  await files.refresh()
  return {
    isListed: ({ namespace, name }) => listed.has(`${namespace}/${name}`),
    status: () => ({
      name: 'container-credentials-file',
      ...(fault === undefined ? { state: 'current' } : { state: 'stale', why: fault }),
    }),
    close: files.close,
  }
}

/** What cannot be read is not what is not there: the old list stays over it too. */
function readIdentities(text: FileText): ReadonlySet<string> | string {
  if (typeof text === 'object') return `it cannot be read (${text.unreadable})`
  return text === undefined || text.trim() === '' ? new Set<string>() : parseIdentities(text)
}

/** `{"identities":[{"namespace","serviceAccount"}]}`: each as `namespace/name`; or why it is not that. */
export function parseIdentities(text: string): ReadonlySet<string> | string {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const identities = memberOf(document, 'identities') ?? []
  if (!isObject(document) || !Array.isArray(identities)) return 'it has no list `identities`'
  const listed = new Set<string>()
  for (const [at, entry] of identities.entries()) {
    const [namespace, name] = [memberOf(entry, 'namespace'), memberOf(entry, 'serviceAccount')]
    if (typeof namespace !== 'string' || typeof name !== 'string')
      return `its entry ${at} does not have \`namespace\` and \`serviceAccount\``
    listed.add(`${namespace}/${name}`)
  }
  return listed
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined
}
