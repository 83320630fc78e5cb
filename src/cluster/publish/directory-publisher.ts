import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writePrivateFile } from '../../io/host/index.ts'
import type { IssuerDocument } from '../key-store/index.ts'
import { PublishError } from './errors.ts'
import type { Publisher } from './model.ts'

/** Types and lives, in the form that hosts of static pages read; files have none of their own. */
const HEADERS_FILE = '_headers'
const PUBLIC_FILE = 0o644
const PUBLIC_DIRECTORY = 0o755

/**
 * Publishes into a directory, from which a web server, a sync or a commit takes it on. Beside the documents stands `_headers`, which
 * says how they must be served.
 */
export function createDirectoryPublisher(root: string): Publisher {
  const headersFile = join(root, HEADERS_FILE)
  return {
    target: `dir:${root}`,
    read: async ({ path }) => {
      const file = join(root, path)
      if (!existsSync(file)) return undefined
      const { contentType, cacheControl } = (await readHeaders(headersFile)).get(path) ?? {}
      return { body: await readFile(file, 'utf8'), contentType, cacheControl }
    },
    write: async (document) => {
      const file = join(root, document.path)
      await makeDirectory(dirname(file))
      const headers = new Map(await readHeaders(headersFile))
      await writePrivateFile(headersFile, renderHeaders(headers.set(document.path, document)), { mode: PUBLIC_FILE })
      await writePrivateFile(file, document.body, { mode: PUBLIC_FILE })
    },
  }
}

type Headers = Pick<IssuerDocument, 'contentType' | 'cacheControl'>

function renderHeaders(headers: ReadonlyMap<string, Headers>): string {
  return [...headers]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, { contentType, cacheControl }]) =>
      [`/${path}`, `  Content-Type: ${contentType}`, `  Cache-Control: ${cacheControl}`, ''].join('\n'),
    )
    .join('')
}

async function readHeaders(file: string): Promise<ReadonlyMap<string, Headers>> {
  if (!existsSync(file)) return new Map()
  const blocks = (await readFile(file, 'utf8')).split(/^(?=\/)/m)
  return new Map(
    blocks.map((block) => {
      const [path = '', ...lines] = block.split('\n').map((line) => line.trim())
      const value = (name: string): string =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
      return [path.slice(1), { contentType: value('Content-Type'), cacheControl: value('Cache-Control') }]
    }),
  )
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PUBLIC_DIRECTORY })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new PublishError(`the directory \`${path}\` cannot be made: the system says ${code}`, {
      cause,
      hint: 'name another with --to dir:PATH',
    })
  }
}
