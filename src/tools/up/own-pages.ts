import type { IncomingMessage, ServerResponse } from 'node:http'
import { renderIssuerDiscovery, renderIssuerJwks } from '../../cluster/issuer/index.ts'
import { splitTarget } from '../../core/index.ts'
import { isLoopback } from '../../io/http/index.ts'
import { answerControl, type ControlAnswer, type ControlParts, mayControl, refusal } from './control-api.ts'
import type { HostedIssuer } from './hosted-issuers.ts'
import { createRequestMetrics, type RequestMetrics } from './metrics.ts'
import { readJsonBody } from './read-json-body.ts'

/** Everything under `/_openirsa/`: pages of the installation itself, apart from AWS's APIs. */
export interface OwnPages {
  /** True when the request was for one of them. Every request passes here first, and is counted. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

export interface OwnPagesParts extends ControlParts {
  readonly version: string
  /** A hosted issuer, by the last segment of its URL: what it publishes is served here. */
  findIssuer(id: string): Pick<HostedIssuer, 'url' | 'ring'> | undefined
}

const PREFIX = '/_openirsa/'
const API = `${PREFIX}api/v1/`

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
  /** Default: nobody may keep it. */
  readonly cache?: string
}

type PageOf = () => Page | Promise<Page>

export function createOwnPages(parts: OwnPagesParts): OwnPages {
  const metrics = createRequestMetrics(parts.version)
  const pages = pagesOf(parts, metrics)
  return {
    answer: async (request, response) => {
      metrics.observe(response)
      const { path, query } = splitTarget(request.url ?? '')
      if (!path.startsWith(PREFIX)) return false
      send(
        response,
        path.startsWith(API)
          ? await answerApi(request, { path, query }, parts)
          : await choose(request, pages.get(path) ?? issuerPage(path, parts)),
      )
      return true
    },
  }
}

function pagesOf(parts: OwnPagesParts, metrics: RequestMetrics): ReadonlyMap<string, PageOf> {
  return new Map<string, PageOf>([
    [`${PREFIX}health`, () => json(200, { status: 'ok', version: parts.version })],
    [`${PREFIX}livez`, () => plain(200, 'ok\n')],
    [`${PREFIX}readyz`, () => readiness(parts)],
    [`${PREFIX}metrics`, () => ({ status: 200, ...metrics.render() })],
  ])
}

/** SPEC: kube-apiserver serves both with these types and this life. */
const ISSUER_CACHE = 'public, max-age=3600'

const ISSUER_PAGES: ReadonlyMap<string, (issuer: Pick<HostedIssuer, 'url' | 'ring'>) => Page> = new Map([
  [
    '.well-known/openid-configuration',
    ({ url, ring }) => published('application/json', renderIssuerDiscovery(url, ring)),
  ],
  ['openid/v1/jwks', ({ ring }) => published('application/jwk-set+json', renderIssuerJwks(ring))],
])

const published = (type: string, text: string): Page => ({ status: 200, type, text, cache: ISSUER_CACHE })

function issuerPage(path: string, { findIssuer }: OwnPagesParts): PageOf | undefined {
  const oidc = `${PREFIX}oidc/`
  if (!path.startsWith(oidc)) return undefined
  const [id = '', ...rest] = path.slice(oidc.length).split('/')
  const issuer = findIssuer(id)
  const render = ISSUER_PAGES.get(rest.join('/'))
  return issuer === undefined || render === undefined ? undefined : () => render(issuer)
}

/** Ready is who can read its own store: the service account that every cluster has is looked up there. */
async function readiness({ clusters }: OwnPagesParts): Promise<Page> {
  try {
    await clusters.local.objects.findServiceAccount({ namespace: 'default', name: 'default' })
    return plain(200, 'ok\n')
  } catch {
    // Why is the log's to tell; a probe asks for yes or no.
    return plain(503, 'the store cannot be read\n')
  }
}

async function choose(request: IncomingMessage, page: PageOf | undefined): Promise<Page> {
  if (page === undefined) return plain(404, 'there is no such page\n')
  return request.method === 'GET' || request.method === 'HEAD' ? page() : plain(405, 'this page can only be read\n')
}

interface ApiTarget {
  readonly path: string
  readonly query: string
}

async function answerApi(request: IncomingMessage, target: ApiTarget, parts: ControlParts): Promise<Page> {
  const { status, body } = await askApi(request, target, parts)
  return json(status, body)
}

async function askApi(
  request: IncomingMessage,
  { path, query }: ApiTarget,
  parts: ControlParts,
): Promise<ControlAnswer> {
  // A page in a browser must not reach this API, not even one that found the token: browsers send Origin, our tools do not.
  if (request.headers.origin !== undefined) return refusal(403, 'this API is not for browsers')
  // Our tools ask from this machine; on the addresses that are served to others this API is not there.
  if (!isLoopback(request.socket.localAddress ?? '')) return refusal(404, 'there is no such call')
  // Before the body is read: who may not ask shall not keep us busy.
  if (!mayControl(request.headers.authorization, parts.token))
    return refusal(401, 'this API needs the token of the data directory')
  const body = await readJsonBody(request)
  if (body === undefined) return refusal(400, 'the body is not JSON, or too long')
  const segments = path.slice(API.length).split('/').map(decodeSegment)
  const parameters = new URLSearchParams(query)
  const cluster = parameters.get('cluster')
  const named = cluster === null ? {} : { cluster }
  return answerControl({ method: request.method ?? '', segments, body: body.value, query: parameters, ...named }, parts)
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray per cent sign stands for itself: no name of ours holds one, so nothing will be found.
    return segment
  }
}

const json = (status: number, body: unknown): Page => ({
  status,
  type: 'application/json',
  text: `${JSON.stringify(body)}\n`,
})
const plain = (status: number, text: string): Page => ({ status, type: 'text/plain; charset=utf-8', text })

function send(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, {
    'Content-Type': page.type,
    'Content-Length': Buffer.byteLength(page.text),
    'Cache-Control': page.cache ?? 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(page.text)
}
