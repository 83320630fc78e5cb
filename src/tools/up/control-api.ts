import { timingSafeEqual } from 'node:crypto'
import type { DenialRecord } from '../../cloud/denials/index.ts'
import type { Objects } from '../../cluster/objects/index.ts'
import { type Instant, OpenirsaError, type Secret, type ServiceAccountRef } from '../../core/index.ts'

/** Answer of the installation's own API. */
export interface ControlAnswer {
  readonly status: number
  readonly body: unknown
}

export interface ControlParts {
  readonly objects: Objects
  /** The bearer token that opens this API; it lies in the data directory. */
  readonly token: Secret
  mint(
    ref: ServiceAccountRef,
    audiences: readonly string[],
    expirationSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAt: Instant }>
  findDenial(id: string): Promise<DenialRecord | undefined>
}

export interface ControlCall {
  readonly method: string
  /** Segments below `/_openirsa/api/v1/`. */
  readonly segments: readonly string[]
  readonly authorization: string | undefined
  readonly body: unknown
}

/** Refused with a status of HTTP and words for people. */
class ControlRefusal extends OpenirsaError {
  readonly code = 'CONTROL'
  readonly status: number

  constructor(status: number, message: string, hint?: string) {
    super(message, hint === undefined ? {} : { hint })
    this.status = status
  }
}

type Route = (call: ControlCall, parts: ControlParts) => Promise<unknown>

/** Method and first segment → what answers. */
const routes: Readonly<Record<string, Route>> = {
  'POST token-requests': requestToken,
  'POST manifests': async ({ body }, { objects }) => ({
    objects: await objects.applyManifest(listOf(field(body, 'documents'))),
  }),
  'GET service-accounts': async ({ segments }, parts) =>
    getServiceAccount(parts, { namespace: segments[1] ?? '', name: segments[2] ?? '' }),
  'GET denials': async ({ segments }, parts) => {
    const denial = await parts.findDenial(segments[1] ?? '')
    if (denial === undefined)
      throw new ControlRefusal(
        404,
        `no denial \`${(segments[1] ?? '').slice(0, 60)}\` is kept here`,
        'the newest 100,000 are kept; is this the installation that answered?',
      )
    return denial
  },
}

/** Answers a call of the installation's own API; every failure becomes an answer. */
export async function answerControl(call: ControlCall, parts: ControlParts): Promise<ControlAnswer> {
  if (!isAuthorized(call.authorization, parts.token))
    return { status: 401, body: { error: { message: 'this API needs the token of the data directory' } } }
  const route = routes[`${call.method} ${call.segments[0] ?? ''}`]
  if (route === undefined) return { status: 404, body: { error: { message: 'there is no such call' } } }
  try {
    return { status: 200, body: await route(call, parts) }
  } catch (failure) {
    if (!(failure instanceof OpenirsaError)) throw failure
    const status = failure instanceof ControlRefusal ? failure.status : 400
    return {
      status,
      body: { error: { message: failure.message, ...(failure.hint === undefined ? {} : { hint: failure.hint }) } },
    }
  }
}

function isAuthorized(authorization: string | undefined, token: Secret): boolean {
  const wanted = Buffer.from(`Bearer ${token.reveal()}`)
  const found = Buffer.from(authorization ?? '')
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}

async function requestToken({ body }: ControlCall, parts: ControlParts): Promise<unknown> {
  const ref = { namespace: String(field(body, 'namespace')), name: String(field(body, 'name')) }
  await getServiceAccount(parts, ref)
  return parts.mint(ref, listOf(field(body, 'audiences')).map(String), Number(field(body, 'expirationSeconds')))
}

async function getServiceAccount({ objects }: ControlParts, ref: ServiceAccountRef) {
  const found = await objects.findServiceAccount(ref)
  if (found !== undefined) return found
  throw new ControlRefusal(
    404,
    `the service account \`${ref.namespace}/${ref.name}\` does not exist`,
    'make it known with `openirsa apply -f FILE`',
  )
}

function field(body: unknown, name: string): unknown {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  if (value === undefined) throw new ControlRefusal(400, `the body lacks \`${name}\``)
  return value
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ControlRefusal(400, 'a list was expected')
  return value
}
