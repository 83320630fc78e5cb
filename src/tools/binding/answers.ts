import type { IamAnswer } from './model.ts'

/** Members of IAM's answers, whoever gave them: nothing of them is taken for granted. */

export const recordOf = (value: unknown): IamAnswer =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as IamAnswer) : {}
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Whether an operation only asks: what does not exist is an answer to it, and a failure of any other. */
export const isQuestion = (operation: string): boolean => /^(Get|List)/.test(operation)

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

export function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(listOf(tags).map((tag) => [textOf(recordOf(tag).Key), textOf(recordOf(tag).Value)]))
}
