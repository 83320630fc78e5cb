/** IAM asked and told by the names and members of its API, wherever it is: an installation, or AWS. */

export type IamAnswer = Readonly<Record<string, unknown>>

/**
 * One call; undefined when a question (Get…, List…) is about what does not exist.
 * @throws ConfigError when IAM refuses, or does not answer
 */
export type CallIam<Operation extends string = string> = (
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
) => Promise<IamAnswer | undefined>

/** All items of a list that comes in pages. */
export async function listAllOfIam<Operation extends string>(
  call: CallIam<Operation>,
  operation: Operation,
  { input, member }: { readonly input: Readonly<Record<string, string>>; readonly member: string },
): Promise<readonly unknown[]> {
  const items: unknown[] = []
  let marker: string | undefined
  do {
    const answer = await call(operation, { ...input, ...(marker === undefined ? {} : { Marker: marker }) })
    items.push(...listOf(answer?.[member]))
    marker = answer?.IsTruncated === true ? textOf(answer.Marker) : undefined
  } while (marker !== undefined && marker !== '')
  return items
}

/** Whether an operation only asks: what does not exist is an answer to it, and a failure of any other. */
export const isIamQuestion = (operation: string): boolean => /^(Get|List)/.test(operation)

/** Members of answers: nothing of them is taken for granted. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
/** A text; the empty one for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
/** An object; the empty one for anything else. */
export const recordOf = (value: unknown): IamAnswer =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as IamAnswer) : {}

/** Tags of an answer, by key. */
export function tagsOf(tags: unknown): ReadonlyMap<string, string> {
  return new Map(listOf(tags).map((tag) => [textOf(recordOf(tag).Key), textOf(recordOf(tag).Value)]))
}
