import { duplicateTagKeys, reservedTagKey, tooManyTags } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { Tag } from './model.ts'
import type { ContextKeys } from './row.ts'

export type Tags = ReadonlyMap<string, string>

/** @throws ApiError InvalidInput */
export function readTags(tags: readonly Tag[] = []): Tags {
  if (new Set(tags.map(({ Key }) => Key.toLowerCase())).size !== tags.length) throw duplicateTagKeys()
  if (tags.some(({ Key }) => Key.toLowerCase().startsWith('aws:'))) throw reservedTagKey()
  return new Map(tags.map(({ Key, Value }) => [Key, Value]))
}

/** The tags with others added; keys are the same whatever their case, and the new spelling stays. @throws ApiError LimitExceeded */
export function withTags(tags: Tags, added: Tags): Tags {
  const replaced = new Set([...added.keys()].map(lower))
  const merged = new Map([...[...tags].filter(([key]) => !replaced.has(lower(key))), ...added])
  if (merged.size > LIMITS.tags) throw tooManyTags()
  return merged
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map(lower))
  return new Map([...tags].filter(([key]) => !gone.has(lower(key))))
}

export function renderTags(tags: Tags): readonly Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }))
}

const lower = (key: string): string => key.toLowerCase()

/** `Tags` of an answer, absent when there are none. */
export function tagsMember(tags: Tags): { readonly Tags?: readonly Tag[] } {
  return tags.size === 0 ? {} : { Tags: renderTags(tags) }
}

/** Context keys for tags that the request brings. */
export function requestTagKeys(tags: readonly Tag[] = []): ContextKeys {
  if (tags.length === 0) return {}
  const values = Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value]))
  return { ...values, 'aws:TagKeys': tags.map(({ Key }) => Key) }
}

/** Context keys for tags that the resource has. */
export function resourceTagKeys(tags: Tags): ContextKeys {
  return Object.fromEntries(
    [...tags].flatMap(([key, value]) => [
      [`aws:ResourceTag/${key}`, value],
      [`iam:ResourceTag/${key}`, value],
    ]),
  )
}
