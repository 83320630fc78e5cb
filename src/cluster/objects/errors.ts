import { OpenirsaError } from '../../core/index.ts'

/** A Kubernetes object that cannot be applied. */
export class ManifestError extends OpenirsaError {
  readonly code = 'MANIFEST'
}

export function unusable(where: string, field: string, expected: string, found: unknown): ManifestError {
  return new ManifestError(
    `${where}: \`${field}\` must be ${expected}, found ${describe(found)}`,
    hintFor(expected, found),
  )
}

/** Values are named by what they are and, when short, by what they say. */
function describe(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (found === null) return 'null'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'an object'
  const text = String(found)
  const shown = `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``
  return typeof found === 'string' ? shown : `the ${typeof found} ${shown}`
}

function hintFor(expected: string, found: unknown): { hint?: string } {
  const isBare = typeof found === 'number' || typeof found === 'boolean'
  return expected === 'a string' && isBare ? { hint: 'put it in quotes: YAML reads it as something else' } : {}
}
