import type { IncomingMessage } from 'node:http'
import type { Randomness } from '../../core/index.ts'
import { KubeError } from './errors.ts'
import type { KubeResource, WatchEvent, WatchOptions } from './model.ts'
import { collectionPath, queryOf } from './paths.ts'
import { parseJson } from './read-object.ts'
import { errorOfEvent, isRecord } from './status.ts'
import type { Transport } from './transport.ts'

/** A stream ends by itself after that time and up to twice as long, so that not all come back at once. */
const SHORTEST_STREAM_SECONDS = 240

export interface StreamOptions extends WatchOptions {
  readonly randomness: Randomness
  /** When the API server has begun the stream. */
  readonly onOpen?: () => void
}

/**
 * Events of one stream, until the API server ends it.
 * SPEC: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* watchObjects(
  transport: Transport,
  resource: KubeResource,
  { randomness, onOpen, ...options }: StreamOptions,
): AsyncGenerator<WatchEvent> {
  const [chance = 0] = randomness.bytes(1)
  const query = queryOf(options, {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    timeoutSeconds: String(SHORTEST_STREAM_SECONDS + Math.floor((chance / 256) * SHORTEST_STREAM_SECONDS)),
  })
  const path = `${collectionPath(resource, options.namespace)}${query}`
  const { signal, onWarning } = options
  const answer = await transport.open({ method: 'GET', path, signal, onWarning })
  onOpen?.()
  for await (const line of linesOf(answer, transport.limits, signal)) yield readEvent(line)
}

const KINDS: ReadonlyMap<unknown, WatchEvent['kind']> = new Map([
  ['ADDED', 'added'],
  ['MODIFIED', 'modified'],
  ['DELETED', 'deleted'],
  ['BOOKMARK', 'bookmark'],
])

function readEvent(line: string): WatchEvent {
  const event = parseJson(line)
  const { type, object } = isRecord(event) ? event : {}
  if (type === 'ERROR') throw errorOfEvent(object)
  const kind = KINDS.get(type)
  if (kind === undefined || !isRecord(object) || !isRecord(object.metadata))
    throw new KubeError('malformed', 'the API server sends an event that is none')
  if (kind !== 'bookmark' && typeof object.metadata.name !== 'string')
    throw new KubeError('malformed', 'the API server sends an event of an object without a name')
  // A bookmark has no name; its `metadata` is typed as one that nobody reads.
  return { kind, object: object as WatchEvent['object'] }
}

const LINE_FEED = 0x0a

async function* linesOf(
  answer: IncomingMessage,
  { eventBytes, silenceMilliseconds }: Transport['limits'],
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const silent = new KubeError('timed-out', `the stream was silent for ${silenceMilliseconds / 1000} s`)
  const timer = setTimeout(() => answer.destroy(silent), silenceMilliseconds)
  const stop = (): void => void answer.destroy(abortReason(signal))
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  let rest: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer) {
      timer.refresh()
      let from = 0
      const piece = chunk as Buffer
      for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, from)) {
        rest.push(piece.subarray(from, end))
        const line = Buffer.concat(rest).toString('utf8')
        rest = []
        size = 0
        from = end + 1
        if (line !== '') yield line
      }
      if (from === piece.length) continue
      rest.push(piece.subarray(from))
      size += piece.length - from
      if (size > eventBytes)
        throw new KubeError('malformed', `the API server sends an event of more than ${eventBytes} bytes`)
    }
  } catch (failure) {
    if (failure instanceof KubeError) throw failure
    if (signal?.aborted) throw abortReason(signal)
    throw new KubeError('unreachable', 'the stream of the API server broke', {}, { cause: failure })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    answer.destroy()
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new KubeError('timed-out', 'the watch was ended')
}
