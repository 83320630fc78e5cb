import type { IncomingMessage, ServerResponse } from 'node:http'
import { splitTarget } from '../../core/index.ts'
import { isReviewContentType, WRONG_CONTENT_TYPE } from '../webhook/index.ts'
import type { WebhookMetrics } from './metrics.ts'
import type { WebhookHost } from './model.ts'
import { readBody } from './read-body.ts'
import type { Readiness } from './source-status.ts'

export interface Answer {
  readonly status: number
  readonly type?: string
  readonly body: string
  /** `latin1` of a body that is ASCII: it is written faster when Node is told so. */
  readonly encoding?: 'utf8' | 'latin1'
}

/** What a path answers, whatever the method; the review page alone reads a body. */
export type Pages = ReadonlyMap<string, () => Answer | Promise<Answer>>

export interface RouteParts extends Pick<WebhookHost, 'log' | 'stopwatch'> {
  /** Answers in ASCII. */
  readonly review: (body: Buffer) => string | Promise<string>
  readonly pages: Pages
  readonly metrics: WebhookMetrics
}

const REVIEW_PATH = '/mutate'
const TEXT = 'text/plain; charset=utf-8'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The webhook's own port. */
export function webhookListener(parts: RouteParts): Listener {
  const page = pageListener(parts)
  const answerReview = reviewAnswering(parts)
  return (request, response) => {
    const { url = '/' } = request
    if (url !== REVIEW_PATH && !url.startsWith(`${REVIEW_PATH}?`)) return page(request, response)
    const finish = begin(request, REVIEW_PATH, parts)
    if (request.method !== 'POST') return refuseBody(response, finish, { status: 405, body: 'expected POST\n' })
    if (!isReviewContentType(request.headers['content-type']))
      return refuseBody(response, finish, { status: WRONG_CONTENT_TYPE.httpStatus, body: WRONG_CONTENT_TYPE.body })
    readBody(request, (body) => {
      if (body === 'too-large') return refuseBody(response, finish, { status: 413, body: 'the review is too large\n' })
      answerReview(body, response, finish)
    })
  }
}

/** Pages alone: the metrics port. */
export function pageListener(parts: Omit<RouteParts, 'review'>): Listener {
  return (request, response) => {
    const { path } = splitTarget(request.url ?? '/')
    const page = parts.pages.get(path)
    const finish = begin(request, page === undefined ? 'other' : path, parts)
    request.resume()
    if (page === undefined) return finish(response, { status: 404, body: 'there is no such page\n' })
    void (async () => {
      finish(response, await page())
    })().catch((failure: unknown) => {
      parts.log.error({ failure, path }, 'a page could not be answered')
      finish(response, { status: 500, body: 'internal error\n' })
    })
  }
}

/** Pages that both ports have. */
export function healthPages(readiness: () => Readiness): Pages {
  const ready = (): Answer => {
    const { isReady, text } = readiness()
    return { status: isReady ? 200 : 503, body: text }
  }
  return new Map<string, () => Answer>([
    ['/healthz', () => ({ status: 200, body: 'ok' })],
    ['/livez', () => ({ status: 200, body: 'ok' })],
    ['/readyz', ready],
  ])
}

type Finish = (response: ServerResponse, answer: Answer) => void

function begin(
  { method = 'GET' }: IncomingMessage,
  path: string,
  { metrics, stopwatch }: Pick<RouteParts, 'metrics' | 'stopwatch'>,
): Finish {
  const begun = stopwatch()
  const verb = VERBS.has(method) ? method : 'other'
  return (response, { status, type = TEXT, body, encoding = 'utf8' }) => {
    if (response.headersSent || response.destroyed) return
    const length = encoding === 'latin1' ? body.length : Buffer.byteLength(body)
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': length })
    response.end(body, encoding)
    metrics.request({ verb, path, code: status }, stopwatch() - begun)
  }
}

/** Labels are a closed set. */
const VERBS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])

/** The body is not read to its end: the connection ends with the answer. */
function refuseBody(response: ServerResponse, finish: Finish, answer: Answer): void {
  response.shouldKeepAlive = false
  finish(response, answer)
}

function reviewAnswering({ review, log }: Pick<RouteParts, 'review' | 'log'>) {
  return (body: Buffer, response: ServerResponse, finish: Finish): void => {
    const fail = (failure: unknown): void => {
      log.error({ failure }, 'a review could not be answered')
      finish(response, { status: 500, body: 'internal error\n' })
    }
    const answer = (text: string): void =>
      finish(response, { status: 200, type: 'application/json', body: text, encoding: 'latin1' })
    try {
      const text = review(body)
      if (typeof text === 'string') answer(text)
      else text.then(answer).catch(fail)
    } catch (failure) {
      fail(failure)
    }
  }
}
