import { ApiError } from '../../core/index.ts'
import { type Violation, type Violations, validationError } from './constraints.ts'

/**
 * IAM has words of its own for names and paths with characters that it does not take; they come after the rules of the model.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
export function checkIam(violations: Violations): ApiError | undefined {
  const others = violations.filter((violation) => wordsOf(violation) === undefined)
  if (others.length > 0) return validationError('awsQuery', others)
  const [first] = violations
  const words = first === undefined ? undefined : wordsOf(first)
  if (first === undefined || words === undefined) return undefined
  return new ApiError('ValidationError', 400, `The specified value for ${first.path} is invalid. ${words}`)
}

const NAME_PATTERN = '[\\w+=,.@-]+'
const NAME_WORDS = 'It must contain only alphanumeric characters and/or the following: +=,.@_-'
const PATH_WORDS = 'It must begin and end with / and contain only alphanumeric characters and/or / characters.'

function wordsOf({ path, pattern }: Violation): string | undefined {
  if (pattern === undefined) return undefined
  if (pattern === NAME_PATTERN) return NAME_WORDS
  return path === 'path' || path === 'newPath' ? PATH_WORDS : undefined
}
