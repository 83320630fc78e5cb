import { invalidArgument } from './errors.ts'

/** What `x-amz-copy-source` names. */
export interface CopySource {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/**
 * `bucket/key` or `/bucket/key`, percent-encoded, with `?versionId=` behind it. A plus is a blank, as S3 reads it.
 * INVARIANT: decoded once; what comes out is what is authorised and what is read.
 * @throws ApiError InvalidArgument
 */
export function parseCopySource(header: string): CopySource {
  const mark = header.indexOf(VERSION)
  const encoded = mark < 0 ? header : header.slice(0, mark)
  const path = decode(encoded.startsWith('/') ? encoded.slice(1) : encoded)
  const slash = path?.indexOf('/') ?? -1
  if (path === undefined || slash < 1 || slash === path.length - 1) throw unreadable(header)
  const place = { bucket: path.slice(0, slash), key: path.slice(slash + 1) }
  if (mark < 0) return place
  const versionId = decode(header.slice(mark + VERSION.length))
  if (versionId === undefined || versionId === '') throw unreadable(header)
  return { ...place, versionId }
}

const VERSION = '?versionId='

const unreadable = (header: string) =>
  invalidArgument(
    'x-amz-copy-source',
    header.slice(0, 200),
    'Invalid copy source object key. The copy source must mention the source bucket and key: sourcebucket/sourcekey',
  )

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
