/** Members of an answer that a record never has. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['SecretAccessKey'])

/** The answer as it stands in the trail: lower-camel names, no secret, dates as CloudTrail writes them; null when it is empty. */
export function responseElements(output: Record<string, unknown>): Record<string, unknown> | null {
  return Object.keys(output).length === 0 ? null : (renderValue(output) as Record<string, unknown>)
}

function renderValue(value: unknown): unknown {
  if (value instanceof Date) return renderDate(value)
  if (Array.isArray(value)) return value.map(renderValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SECRET_MEMBERS.has(name))
      .map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), renderValue(member)]),
  )
}

const DATE = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})

/** `Apr 16, 2025, 3:46:56 AM`, with a plain space. */
function renderDate(date: Date): string {
  return DATE.format(date).replaceAll('\u202f', ' ')
}
