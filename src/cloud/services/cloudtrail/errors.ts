import { ApiError } from '../../../core/index.ts'

// Codes, statuses and what each is for: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
// UNVERIFIED: the texts, but for `Rate exceeded`.

export const severalAttributes = (): ApiError =>
  new ApiError('InvalidLookupAttributesException', 400, 'You can specify only one lookup attribute.')

export const unknownAttribute = (key: string): ApiError =>
  new ApiError('InvalidLookupAttributesException', 400, `The lookup attribute ${key} is not valid.`)

export const badAttributeValue = (key: string): ApiError =>
  new ApiError('InvalidLookupAttributesException', 400, `The value of the lookup attribute ${key} is not valid.`)

export const badTimeRange = (): ApiError =>
  new ApiError('InvalidTimeRangeException', 400, 'The start time must not be after the end time.')

export const badMaxResults = (value: number): ApiError =>
  new ApiError(
    'InvalidMaxResultsException',
    400,
    `A max results value of ${value} is invalid. Specify max results between 1 and 50.`,
  )

export const badNextToken = (): ApiError =>
  new ApiError(
    'InvalidNextTokenException',
    400,
    'The next token is not valid, or was used before in a request with different parameters.',
  )

export const badEventCategory = (): ApiError =>
  new ApiError(
    'InvalidEventCategoryException',
    400,
    'The event category is not valid. Specify insight or leave it out.',
  )

export const rateExceeded = (): ApiError => new ApiError('ThrottlingException', 400, 'Rate exceeded')
