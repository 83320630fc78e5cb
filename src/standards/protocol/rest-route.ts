import type { HttpHead } from '../../core/index.ts'
import type { RecognisedOperation } from './model.ts'
import { memberOf, structureOf } from './shapes.ts'
import type { ServiceTable } from './table.ts'
import { decodeUriText, type QueryParameters, readQuery } from './uri.ts'

/** A binding of the model, taken apart once. */
export interface Route {
  readonly operation: string
  readonly method: string
  readonly segments: readonly Segment[]
  /** Query parameters that must be there, with the value they must have; `x-id` only names the operation and is left out. */
  readonly literals: ReadonlyMap<string, string>
  /** Required members that stand in the query or in a header: they tell bindings with the same path apart. */
  readonly requiredQuery: readonly string[]
  readonly requiredHeaders: readonly string[]
}

export type Segment = { readonly literal: string } | { readonly label: string; readonly isGreedy: boolean }

/** All routes of a REST service, most telling first. */
export function compileRoutes(table: ServiceTable): readonly Route[] {
  const routes = Object.entries(table.operations).flatMap(([operation, row]) => {
    if (row.http === undefined) return []
    const [method, uri] = row.http
    const [path = '', query = ''] = uri.split('?', 2)
    const literals = new Map(query.split('&').flatMap((pair) => literalOf(pair)))
    return [{ operation, method, segments: segmentsOf(path), literals, ...requiredOf(table, row.input) }]
  })
  return routes.sort((one, other) => weight(other) - weight(one))
}

function literalOf(pair: string): [string, string][] {
  const [key = '', value = ''] = pair.split('=', 2)
  return key === '' || key === 'x-id' ? [] : [[key, value]]
}

function segmentsOf(path: string): readonly Segment[] {
  const parts = path.split('/').slice(1)
  return parts.map((part) => {
    if (!part.startsWith('{')) return { literal: part }
    const isGreedy = part.endsWith('+}')
    return { label: part.slice(1, isGreedy ? -2 : -1), isGreedy }
  })
}

function requiredOf(table: ServiceTable, input: string): Pick<Route, 'requiredQuery' | 'requiredHeaders'> {
  const shape = structureOf(table, input)
  const required = Object.values(shape.members)
    .slice(0, shape.required ?? 0)
    .map((row) => memberOf(row).traits)
  return {
    requiredQuery: required.flatMap(({ query }) => (query === undefined ? [] : [query])),
    requiredHeaders: required.flatMap(({ header }) => (header === undefined ? [] : [header.toLowerCase()])),
  }
}

// Query literals first, then what the input requires, then literal path segments: `/clusters/{name}` loses to `/clusters/x`.
function weight(route: Route): number {
  const fixed = route.segments.filter((segment) => 'literal' in segment).length
  return route.literals.size * 10_000 + (route.requiredQuery.length + route.requiredHeaders.length) * 100 + fixed
}

/** True when the query has all that the route wants. */
export function queryFits(route: Route, query: QueryParameters): boolean {
  for (const [key, wanted] of route.literals) {
    const given = query.get(key)
    if (given === undefined || (wanted !== '' && given[0] !== wanted)) return false
  }
  return true
}

/** Recognises an operation of a service with plain REST paths. */
export function recogniseRest(routes: readonly Route[], head: HttpHead): RecognisedOperation | undefined {
  const parts = head.path.split('/').slice(1)
  const query = readQuery(head.query)
  for (const route of routes) {
    if (route.method !== head.method || route.segments.length !== parts.length || !queryFits(route, query)) continue
    const labels = labelsOf(route, parts)
    if (labels !== undefined) return { name: route.operation, labels }
  }
  return undefined
}

function labelsOf(route: Route, parts: readonly string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  for (const [at, segment] of route.segments.entries()) {
    const part = parts[at] ?? ''
    if ('literal' in segment) {
      if (segment.literal !== part) return undefined
    } else if (part === '') return undefined
    else labels[segment.label] = decodeUriText(part)
  }
  return labels
}
