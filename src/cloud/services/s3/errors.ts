import { ApiError } from '../../../core/index.ts'
import type { Bucket } from './model.ts'

// Codes, statuses and texts: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

const bad = (code: string, message: string, members: Record<string, string> = {}): ApiError =>
  new ApiError(code, 400, message, members)

export const noSuchBucket = (name: string): ApiError =>
  new ApiError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name })

export const noSuchKey = (key: string): ApiError =>
  new ApiError('NoSuchKey', 404, 'The specified key does not exist.', { Key: key })

export const accessDenied = (): ApiError => new ApiError('AccessDenied', 403, 'Access Denied')

export const bucketAlreadyExists = (name: string): ApiError =>
  new ApiError(
    'BucketAlreadyExists',
    409,
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    { BucketName: name },
  )

export const bucketAlreadyOwnedByYou = (name: string): ApiError =>
  new ApiError(
    'BucketAlreadyOwnedByYou',
    409,
    'Your previous request to create the named bucket succeeded and you already own it.',
    { BucketName: name },
  )

export const bucketNotEmpty = (name: string): ApiError =>
  new ApiError('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', { BucketName: name })

export const invalidBucketName = (name: string): ApiError =>
  bad('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name })

export const invalidLocationConstraint = (given: string): ApiError =>
  bad('InvalidLocationConstraint', 'The specified location-constraint is not valid', { LocationConstraint: given })

export const illegalLocation = (given: string | undefined): ApiError =>
  bad(
    'IllegalLocationConstraintException',
    `The ${given ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )

export const aclsNotSupported = (): ApiError => bad('AccessControlListNotSupported', 'The bucket does not allow ACLs')

export const aclsOnCreation = (): ApiError =>
  bad(
    'InvalidBucketAclWithObjectOwnership',
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  )

export const keyTooLong = (size: number, most: number): ApiError =>
  bad('KeyTooLongError', 'Your key is too long', { Size: String(size), MaxSizeAllowed: String(most) })

/** UNVERIFIED: the text; AWS refuses what is not UTF-8 before it is a key. */
export const keyUnreadable = (): ApiError => bad('InvalidURI', "Couldn't parse the specified URI.")

export const metadataTooLarge = (size: number, most: number): ApiError =>
  bad('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: String(size),
    MaxSizeAllowed: String(most),
  })

export const entityTooLarge = (size: number, most: number): ApiError =>
  bad('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: String(size),
    MaxSizeAllowed: String(most),
  })

export const incompleteBody = (): ApiError =>
  bad('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header')

export const invalidDigest = (): ApiError => bad('InvalidDigest', 'The Content-MD5 you specified was invalid.')

export const badDigest = (expected: string, calculated: string): ApiError =>
  bad('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: expected,
    CalculatedDigest: calculated,
  })

export const badChecksum = (algorithm: string): ApiError =>
  bad('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)

export const invalidChecksum = (header: string): ApiError =>
  bad('InvalidRequest', `Value for ${header} header is invalid.`)

export const severalChecksums = (): ApiError =>
  bad('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')

export const checksumWithoutValue = (): ApiError =>
  bad(
    'InvalidRequest',
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  )

/** A header or parameter that asks for what this S3 does not do: refused, because leaving it out would change what was asked for. */
export const notImplemented = (header: string): ApiError =>
  new ApiError('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
    Header: header,
  })

export const noObjectLock = (): ApiError => bad('InvalidRequest', 'Bucket is missing Object Lock Configuration')

export const invalidStorageClass = (given: string): ApiError =>
  bad('InvalidStorageClass', 'The storage class you specified is not valid', { StorageClassRequested: given })

export const invalidEncryption = (given: string): ApiError =>
  bad('InvalidArgument', 'The encryption method specified is not supported', {
    ArgumentName: 'x-amz-server-side-encryption',
    ArgumentValue: given,
  })

export const invalidArgument = (name: string, value: string, message: string): ApiError =>
  bad('InvalidArgument', message, { ArgumentName: name, ArgumentValue: value })

export const invalidRequest = (message: string): ApiError => bad('InvalidRequest', message)

export const preconditionFailed = (condition: string): ApiError =>
  new ApiError('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })

export const notModified = (): ApiError => new ApiError('NotModified', 304, 'Not Modified')

export const invalidRange = (range: string, size: number): ApiError =>
  new ApiError('InvalidRange', 416, 'The requested range is not satisfiable', {
    RangeRequested: range,
    ActualObjectSize: String(size),
  })

export const invalidPartNumber = (asked: number): ApiError =>
  new ApiError('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', {
    PartNumberRequested: String(asked),
    ActualPartCount: '1',
  })

export const malformedXml = (): ApiError =>
  bad('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema')

export const malformedPolicy = (message: string, cause?: unknown): ApiError =>
  new ApiError('MalformedPolicy', 400, message, {}, cause === undefined ? {} : { cause })

export const noSuchBucketPolicy = ({ name }: Bucket): ApiError =>
  new ApiError('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: name })

/** What a bucket does not have; clients probe for it and rely on the code. */
export const noSuchConfiguration = (code: string, message: string, { name }: Bucket): ApiError =>
  new ApiError(code, 404, message, { BucketName: name })
