import { reservedTagKey, tooManyTags } from './errors.ts'
import type { Tags } from './tag-rows.ts'

const MOST_TAGS = 50

/** @throws ApiError BadRequestException for keys that are AWS's */
export function readTags(tags: Readonly<Record<string, string>> = {}): Tags {
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith('aws:'))) throw reservedTagKey()
  return new Map(Object.entries(tags))
}

/** @throws ApiError BadRequestException */
export function withTags(tags: Tags, added: Tags): Tags {
  const merged = new Map([...tags, ...added])
  if (merged.size > MOST_TAGS) throw tooManyTags()
  return merged
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys)
  return new Map([...tags].filter(([key]) => !gone.has(key)))
}
