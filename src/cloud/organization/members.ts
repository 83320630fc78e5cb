import { OrganizationError, type Path } from './errors.ts'

export type Members = Readonly<Record<string, unknown>>

interface Shape {
  readonly known: readonly string[]
  readonly required: readonly string[]
}

/** The members of a mapping: those that must be there are, and none that is not known. @throws OrganizationError */
export function readMembers(value: unknown, path: Path, { known, required }: Shape): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OrganizationError(path, `expected keys and values: ${known.join(', ')}`)
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw new OrganizationError([...path, key], `unknown key \`${key}\``, { known })
  for (const key of required)
    if (!Object.hasOwn(value, key)) throw new OrganizationError(path, `the key \`${key}\` is missing`)
  return Object.fromEntries(Object.entries(value))
}

/** A list; nothing at all counts as an empty one. @throws OrganizationError */
export function readList(value: unknown, path: Path): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new OrganizationError(path, 'expected a list')
  return value
}

/** A text that is not empty. @throws OrganizationError */
export function readText(value: unknown, path: Path): string {
  if (typeof value !== 'string' || value === '') throw new OrganizationError(path, 'expected a text')
  return value
}
