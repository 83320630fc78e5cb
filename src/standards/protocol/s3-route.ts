import { isIP } from 'node:net'
import { ApiError, type HttpHead, headerValue } from '../../core/index.ts'
import type { RecognisedOperation } from './model.ts'
import { queryFits, type Route } from './rest-route.ts'
import { memberOf, structureOf } from './shapes.ts'
import type { ServiceTable } from './table.ts'
import { decodeUriText, type QueryParameters, readQuery } from './uri.ts'

/** What a path addresses: the service, a bucket or an object. */
type Level = 'Service' | 'Bucket' | 'Object'

interface S3Route extends Route {
  readonly level: Level
}

/** How S3 finds its operations; built once per process. */
export interface S3Router {
  readonly routes: readonly S3Route[]
  /**
   * Query keys that select an operation.
   * INVARIANT: a request with one of them is never recognised as an operation that does not know it: `PUT /b/k?tagging` must not write an object.
   */
  readonly subresources: ReadonlySet<string>
}

/** Operations for other endpoints (directory buckets, object lambda), which would shadow ListBuckets and PutObject here. */
const OTHER_ENDPOINTS = new Set(['ListDirectoryBuckets', 'WriteGetObjectResponse'])

export function compileS3(table: ServiceTable, routes: readonly Route[]): S3Router {
  const own = routes
    .filter(({ operation }) => !OTHER_ENDPOINTS.has(operation))
    .map((route) => ({ ...route, level: levelOf(table, route) }))
  const literals = own.flatMap((route) => [...route.literals.keys()])
  return { routes: own, subresources: new Set([...literals, 'uploadId', 'partNumber']) }
}

function levelOf(table: ServiceTable, route: Route): Level {
  if (route.segments.some((segment) => 'label' in segment)) return 'Object'
  const bucket = structureOf(table, table.operations[route.operation]?.input ?? '.unit').members.Bucket
  return bucket !== undefined && memberOf(bucket).traits.label === true ? 'Bucket' : 'Service'
}

/**
 * The S3 operation of a request in path style or virtual-host style.
 * @throws ApiError `MethodNotAllowed` when the path or sub-resource is S3's but the method is not; `InvalidURI`, `InvalidArgument`
 */
export function recogniseS3(router: S3Router, head: HttpHead): RecognisedOperation {
  const { level, labels } = locate(head)
  const query = readQuery(head.query)
  const asked = [...query.keys()].filter((key) => router.subresources.has(key))
  for (const key of asked) if ((query.get(key)?.length ?? 0) > 1) throw ambiguous(key)
  for (const route of router.routes) {
    if (route.method !== head.method || route.level !== level || !queryFits(route, query)) continue
    if (!route.requiredQuery.every((key) => query.has(key)) || !headersFit(route, head, query)) continue
    if (asked.every((key) => knows(route, key))) return { name: route.operation, labels }
  }
  throw new ApiError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    Method: head.method,
    ResourceType: (asked[0] ?? level).toUpperCase(),
  })
}

function ambiguous(key: string): ApiError {
  return new ApiError('InvalidArgument', 400, `The query parameter ${key} is given more than once.`, {
    ArgumentName: key,
  })
}

/** `partNumber` of GetObject and HeadObject is optional, so that it is no literal and not required there. */
function knows(route: Route, key: string): boolean {
  if (route.literals.has(key) || route.requiredQuery.includes(key)) return true
  return key === 'partNumber' && (route.operation === 'GetObject' || route.operation === 'HeadObject')
}

// A copy is told from a plain PUT by its header alone; presigning clients move the header into the query.
function headersFit(route: Route, head: HttpHead, query: QueryParameters): boolean {
  if (!route.requiredHeaders.includes(COPY_SOURCE)) return true
  return headerValue(head.headers, COPY_SOURCE) !== undefined || query.has(COPY_SOURCE)
}

const COPY_SOURCE = 'x-amz-copy-source'

function locate(head: HttpHead): { readonly level: Level; readonly labels: Record<string, string> } {
  const fromHost = bucketOfHost(headerValue(head.headers, 'host') ?? '')
  const rest = head.path.startsWith('/') ? head.path.slice(1) : head.path
  if (fromHost !== undefined) return place(fromHost, rest)
  const slash = rest.indexOf('/')
  return place(decodeUriText(slash < 0 ? rest : rest.slice(0, slash)), slash < 0 ? '' : rest.slice(slash + 1))
}

function place(Bucket: string, rawKey: string): { readonly level: Level; readonly labels: Record<string, string> } {
  if (Bucket === '' && rawKey === '') return { level: 'Service', labels: {} }
  if (rawKey === '') return { level: 'Bucket', labels: { Bucket } }
  return { level: 'Object', labels: { Bucket, Key: decodeUriText(rawKey) } }
}

/**
 * Bucket of a virtual-host request: what stands before `.s3.`, `.s3-…` or before `.localhost`; undefined for path style.
 * @param host value of the Host header, with or without a port
 */
export function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (name.startsWith('[') || isIP(name) !== 0) return undefined
  const labels = name.split('.')
  const isLocal = labels.at(-1) === 'localhost'
  const service = labels.findLastIndex((label) => label === 's3' || (!isLocal && label.startsWith('s3-')))
  if (service >= 0) return service === 0 ? undefined : labels.slice(0, service).join('.')
  return isLocal && labels.length > 1 ? labels.slice(0, -1).join('.') : undefined
}
