import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError } from '../../core/index.ts'
import { isRecord } from './status.ts'

export type Members = Readonly<Record<string, unknown>>

/** Where something of a kubeconfig stands: for messages, and for relative paths. */
export interface Place {
  readonly file: string
  readonly directory: string
  /** ``user `admin` of `config` `` */
  readonly what: string
}

/** @throws ConfigError when it is there and no text */
export function textAt(members: Members, name: string, { what }: Place): string | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new ConfigError(`${what}: \`${name}\` is no text`)
}

/** @throws ConfigError when it is there and neither true nor false */
export function flagAt(members: Members, name: string, { what }: Place): boolean {
  const value = members[name] ?? false
  if (typeof value === 'boolean') return value
  throw new ConfigError(`${what}: \`${name}\` is neither true nor false`)
}

/** @throws ConfigError when there is none */
export function recordAt(members: Members, name: string, { what }: Place): Members {
  const value = members[name] ?? {}
  if (isRecord(value)) return value
  throw new ConfigError(`${what}: \`${name}\` has no members`)
}

/** @throws ConfigError for a member that is in neither set: what is not understood may matter */
export function refuseUnknown(members: Members, known: ReadonlySet<string>, place: Place): void {
  const stranger = Object.keys(members).find((name) => !known.has(name))
  if (stranger !== undefined) throw new ConfigError(`${place.what}: \`${stranger.slice(0, 64)}\` is not understood`)
}

/** PEM out of `NAME-data` (base64) or the file that `NAME` names; data wins. @throws ConfigError */
export async function pemAt(members: Members, name: string, place: Place): Promise<string | undefined> {
  const inline = textAt(members, `${name}-data`, place)
  if (inline !== undefined && inline !== '')
    return requirePem(fromBase64(inline, name, place), `\`${name}-data\``, place)
  const path = textAt(members, name, place)
  if (path === undefined || path === '') return undefined
  return requirePem(await readNamed(path, name, place), `\`${path}\``, place)
}

export const pathAt = (path: string, { directory }: Place): string => resolve(directory, path)

export async function readNamed(path: string, name: string, place: Place): Promise<string> {
  try {
    return await readFile(pathAt(path, place), 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new ConfigError(`${place.what}: \`${name}\` names \`${path}\`, which cannot be read (${code})`, { cause })
  }
}

function fromBase64(text: string, name: string, { what }: Place): string {
  const compact = text.replace(/\s/g, '')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return Buffer.from(compact, 'base64').toString('latin1')
  throw new ConfigError(`${what}: \`${name}-data\` is not base64`)
}

function requirePem(text: string, name: string, { what }: Place): string {
  if (text.includes('-----BEGIN ')) return text
  throw new ConfigError(`${what}: ${name} is not PEM`)
}
