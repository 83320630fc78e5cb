const MAX_DEPTH = 64

/** JSON with the keys of every object in order, so that equal objects have equal texts; undefined when nested more than 64 deep. */
export function renderCanonical(value: unknown): string | undefined {
  return isShallow(value, MAX_DEPTH) ? JSON.stringify(sorted(value)) : undefined
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  const result = Object.create(null) as Record<string, unknown>
  for (const [key, member] of entries) result[key] = sorted(member)
  return result
}
