import { isIPv4 } from 'node:net'
import { invalidBucketName, keyTooLong, keyUnreadable } from './errors.ts'

// @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const ALLOWED = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const RESERVED_STARTS = ['xn--', 'sthree-', 'amzn-s3-demo-']
const RESERVED_ENDS = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3']

/** True for a name that a general purpose bucket may have. */
export function isBucketName(name: string): boolean {
  if (!ALLOWED.test(name) || name.includes('..') || isIPv4(name)) return false
  return !RESERVED_STARTS.some((start) => name.startsWith(start)) && !RESERVED_ENDS.some((end) => name.endsWith(end))
}

/**
 * INVARIANT: called before any ARN is made of the name: `a/b` would be the ARN of an object, `*` a pattern.
 * @throws ApiError InvalidBucketName
 */
export function checkBucketName(name: string): void {
  if (!isBucketName(name)) throw invalidBucketName(name)
}

const LONGEST_KEY = 1024

/** @throws ApiError KeyTooLongError, InvalidArgument (not Unicode: it would be stored as another key) */
export function checkKey(key: string): void {
  const bytes = Buffer.from(key, 'utf8')
  if (bytes.length > LONGEST_KEY) throw keyTooLong(bytes.length, LONGEST_KEY)
  if (bytes.length === 0 || bytes.toString('utf8') !== key) throw keyUnreadable()
}
