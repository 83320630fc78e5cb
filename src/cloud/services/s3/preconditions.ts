import { notImplemented, notModified, preconditionFailed } from './errors.ts'
import type { StoredObject, WriteCondition } from './model.ts'

/** The conditional headers of a read (RFC 9110 §13.1), or of the source of a copy. */
export interface ReadConditions {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
  readonly IfModifiedSince?: Date
  readonly IfUnmodifiedSince?: Date
}

/** True when the list of entity tags names this one; `*` names all. `etag` comes without quotes. */
export function matchesEtag(header: string, etag: string): boolean {
  return header.split(',').some((entry) => {
    const tag = entry
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1')
    return tag === '*' || tag === etag
  })
}

/**
 * SPEC: RFC 9110 §13.2.2: the entity tag outranks the date, in both pairs.
 * @throws ApiError NotModified (304), PreconditionFailed (412)
 */
export function checkRead(object: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  if (IfMatch !== undefined) {
    if (!matchesEtag(IfMatch, object.etag)) throw preconditionFailed('If-Match')
  } else if (IfUnmodifiedSince !== undefined && seconds(object.modifiedAt) > seconds(IfUnmodifiedSince.getTime()))
    throw preconditionFailed('If-Unmodified-Since')
  if (IfNoneMatch !== undefined) {
    if (matchesEtag(IfNoneMatch, object.etag)) throw notModified()
  } else if (IfModifiedSince !== undefined && seconds(object.modifiedAt) <= seconds(IfModifiedSince.getTime()))
    throw notModified()
}

/** As `checkRead`, for the source of a copy, where nothing can be "not modified". @throws ApiError PreconditionFailed */
export function checkCopySource(object: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  if (IfMatch !== undefined && !matchesEtag(IfMatch, object.etag))
    throw preconditionFailed('x-amz-copy-source-If-Match')
  if (IfNoneMatch !== undefined && matchesEtag(IfNoneMatch, object.etag))
    throw preconditionFailed('x-amz-copy-source-If-None-Match')
  if (
    IfMatch === undefined &&
    IfUnmodifiedSince !== undefined &&
    seconds(object.modifiedAt) > seconds(IfUnmodifiedSince.getTime())
  )
    throw preconditionFailed('x-amz-copy-source-If-Unmodified-Since')
  if (
    IfNoneMatch === undefined &&
    IfModifiedSince !== undefined &&
    seconds(object.modifiedAt) <= seconds(IfModifiedSince.getTime())
  )
    throw preconditionFailed('x-amz-copy-source-If-Modified-Since')
}

/** HTTP dates have whole seconds. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/** SPEC: conditional writes know `If-None-Match: *` and `If-Match` with one entity tag. @throws ApiError NotImplemented */
export function readWriteCondition(input: {
  readonly IfMatch?: string
  readonly IfNoneMatch?: string
}): WriteCondition {
  const { IfMatch, IfNoneMatch } = input
  if (IfNoneMatch !== undefined && IfNoneMatch.trim() !== '*') throw notImplemented('If-None-Match')
  return {
    ...(IfMatch === undefined ? {} : { ifMatch: IfMatch }),
    ...(IfNoneMatch === undefined ? {} : { ifAbsent: true }),
  }
}
