import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Document, LineCounter } from 'yaml'
import {
  type Organization,
  OrganizationError,
  type OrganizationParts,
  type Path,
  parseOrganization,
} from '../../cloud/organization/index.ts'
import { nearestWord } from '../../config/index.ts'
import { type AccountId, ConfigError } from '../../core/index.ts'

/**
 * The organization that a file describes; policies that it names by their files are looked for beside it.
 * @throws ConfigError in one line, with the place in the file
 */
export async function readOrganization(
  path: string,
  parts: Omit<OrganizationParts, 'readPolicy'>,
): Promise<Organization> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  // Without types for scalars an account keeps its zeros, and a number in a condition stays as it was written.
  const document = parseDocument(readText(path), { schema: 'failsafe', uniqueKeys: true, lineCounter: lines })
  const [fault] = document.errors
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new ConfigError(`${path}:${line}:${col}: no YAML: ${fault.message.split('\n')[0]}`, { cause: fault })
  }
  try {
    const readPolicy = (file: string) => readText(resolve(dirname(path), file))
    return parseOrganization(document.toJS({ maxAliasCount: 100 }), { ...parts, readPolicy })
  } catch (failure) {
    if (!(failure instanceof OrganizationError)) throw failure
    throw new ConfigError(`${placeOf(failure.path, path, { document, lines })}: ${failure.message}`, {
      cause: failure,
      ...hintOf(failure),
    })
  }
}

/** What stays outside is limited by nothing, and whoever starts it should know. */
export function warningsOfOrganization(organization: Organization, accounts: readonly AccountId[]): readonly string[] {
  return accounts
    .filter((account) => organization.policiesOf(account) === undefined)
    .map((account) => `account ${account} does not belong to the organization: none of its policies hold there`)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConfigError(`the file \`${path}\` cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function hintOf({ path, known, hint }: OrganizationError): { readonly hint?: string } {
  if (known.length === 0) return hint === undefined ? {} : { hint }
  const near = nearestWord(String(path.at(-1)), known)
  return { hint: near === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?` }
}

interface Read {
  readonly document: Document
  readonly lines: LineCounter
}

/** `org.yaml:3:5`: as near as the file says it; a value that came by an alias has no place of its own. */
function placeOf(path: Path, fileName: string, { document, lines }: Read): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsetOf(path.slice(0, length), document)
    if (offset === undefined) continue
    const { line, col } = lines.linePos(offset)
    return `${fileName}:${line}:${col}`
  }
  return basename(fileName)
}

function offsetOf(path: Path, document: Document): number | undefined {
  const last = path.at(-1)
  const parent: unknown = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (last === undefined || typeof last === 'number') {
    const item: unknown = last === undefined ? parent : document.getIn(path, true)
    return startOf(item)
  }
  if (typeof parent !== 'object' || parent === null || !('items' in parent) || !Array.isArray(parent.items))
    return undefined
  const pair = (parent.items as readonly { readonly key?: unknown }[]).find(({ key }) => String(key) === last)
  return startOf(pair?.key)
}

function startOf(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
  const [start] = Array.isArray(range) ? (range as readonly unknown[]) : []
  return typeof start === 'number' ? start : undefined
}
