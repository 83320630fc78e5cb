import type { IncomingMessage, ServerResponse } from 'node:http'
import { splitTarget } from '../../core/index.ts'
import { answerControl, type ControlParts } from './control-api.ts'

/** Everything under `/_openirsa/`: pages of the installation itself, apart from AWS's APIs. */
export interface OwnPages {
  /** True when the request was for one of them. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

export interface OwnPagesParts extends ControlParts {
  readonly version: string
  /** Last segments of the local issuer's URL, and what is published below it. */
  readonly issuerId: string
  discoveryDocument(): string
  jwks(): string
}

const PREFIX = '/_openirsa/'
const JSON_TYPE = 'application/json'
const MOST_BODY_BYTES = 4 * 1024 * 1024

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
}

export function createOwnPages(parts: OwnPagesParts): OwnPages {
  const oidc = `${PREFIX}oidc/${parts.issuerId}/`
  const pages: Readonly<Record<string, () => Page>> = {
    [`${PREFIX}health`]: () => json(200, { status: 'ok', version: parts.version }),
    [`${PREFIX}livez`]: () => plain(200, 'ok\n'),
    [`${PREFIX}readyz`]: () => plain(200, 'ok\n'),
    [`${oidc}.well-known/openid-configuration`]: () => ({
      status: 200,
      type: JSON_TYPE,
      text: parts.discoveryDocument(),
    }),
    [`${oidc}openid/v1/jwks`]: () => ({ status: 200, type: 'application/jwk-set+json', text: parts.jwks() }),
  }
  return {
    answer: async (request, response) => {
      const { path } = splitTarget(request.url ?? '')
      if (!path.startsWith(PREFIX)) return false
      send(response, await choose(request, path, pages, parts))
      return true
    },
  }
}

async function choose(
  request: IncomingMessage,
  path: string,
  pages: Readonly<Record<string, () => Page>>,
  parts: OwnPagesParts,
): Promise<Page> {
  const api = `${PREFIX}api/v1/`
  if (path.startsWith(api)) return answerApi(request, path.slice(api.length).split('/').map(decodeSegment), parts)
  const page = pages[path]
  if (page === undefined) return plain(404, 'there is no such page\n')
  return request.method === 'GET' || request.method === 'HEAD' ? page() : plain(405, 'this page can only be read\n')
}

async function answerApi(request: IncomingMessage, segments: readonly string[], parts: ControlParts): Promise<Page> {
  // A page in a browser must not reach this API, not even one that found the token: browsers send Origin, our tools do not.
  if (request.headers.origin !== undefined) return json(403, { error: { message: 'this API is not for browsers' } })
  const body = await readJson(request)
  if (body === undefined) return json(400, { error: { message: 'the body is not JSON, or too long' } })
  const call = {
    method: request.method ?? '',
    segments,
    authorization: request.headers.authorization,
    body: body.value,
  }
  const answer = await answerControl(call, parts)
  return json(answer.status, answer.body)
}

async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request) {
    length += (piece as Buffer).length
    if (length > MOST_BODY_BYTES) return undefined
    pieces.push(piece as Buffer)
  }
  if (length === 0) return { value: {} }
  try {
    return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
  } catch {
    // Told to the caller, who is at fault; there is nothing to keep.
    return undefined
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray per cent sign stands for itself: no name of ours holds one, so nothing will be found.
    return segment
  }
}

const json = (status: number, body: unknown): Page => ({ status, type: JSON_TYPE, text: `${JSON.stringify(body)}\n` })
const plain = (status: number, text: string): Page => ({ status, type: 'text/plain; charset=utf-8', text })

function send(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, {
    'Content-Type': page.type,
    'Content-Length': Buffer.byteLength(page.text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(page.text)
}
