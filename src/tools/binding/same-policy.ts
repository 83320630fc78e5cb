import { textOf } from '../../io/aws/index.ts'

/** Policies come URL-encoded (RFC 3986). Equal JSON in another spelling is the same policy. */
export function isSamePolicy(encoded: unknown, text: string): boolean {
  try {
    return canonical(JSON.parse(decodeURIComponent(textOf(encoded)))) === canonical(JSON.parse(text))
  } catch {
    // What cannot be read is another one, and is replaced.
    return false
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
