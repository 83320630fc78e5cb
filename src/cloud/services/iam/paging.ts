import { invalidMarker } from './errors.ts'
import type { PageInput } from './model.ts'

const DEFAULT_ITEMS = 100

export interface Page<T> {
  readonly items: readonly T[]
  /** `IsTruncated`, and `Marker` when there is more. */
  readonly more: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/**
 * The items after the marker, at most as many as wanted; the marker is the key of the last one that was given, so that what comes
 * or goes between two pages neither repeats nor hides another.
 * @param keyOf unique; items come in its order
 * @throws ApiError ValidationError for a marker that no page had
 */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, input: PageInput): Page<T> {
  const { MaxItems = DEFAULT_ITEMS, Marker } = input
  const after = Marker === undefined ? undefined : readMarker(Marker)
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after)
  const shown = rest.slice(0, MaxItems)
  const last = shown.at(-1)
  if (last === undefined || rest.length === shown.length) return { items: shown, more: { IsTruncated: false } }
  return { items: shown, more: { IsTruncated: true, Marker: renderMarker(keyOf(last)) } }
}

/** In the order of their keys, as `pageOf` wants them. */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

const renderMarker = (key: string): string => Buffer.from(key, 'utf8').toString('base64url')

function readMarker(marker: string): string {
  const key = Buffer.from(marker, 'base64url').toString('utf8')
  if (renderMarker(key) !== marker) throw invalidMarker()
  return key
}
