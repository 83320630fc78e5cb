import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type AccountId, instant, type RawHeaders, type Region } from '../../../../core/index.ts'
import { fixedClock, seededRandomness } from '../../../../core/testing/fixed.ts'
import { openSqliteStore, type Store } from '../../../../io/store/index.ts'
import type { Decision } from '../../../../standards/policy/index.ts'
import type { ApiCall, Judged, Principal, Requirement, Service } from '../../../operation.ts'
import { createS3, type S3Options } from '../index.ts'

export const ACCOUNT = '111111111111' as AccountId
export const OTHER_ACCOUNT = '222222222222' as AccountId
export const START = Date.parse('2026-03-01T12:00:00Z')

export const userOf = (account: AccountId): Principal => ({
  kind: 'iam-user',
  account,
  partition: 'aws',
  arn: `arn:aws:iam::${account}:user/alice`,
  userId: 'AIDAEXAMPLE',
  userName: 'alice',
  accessKeyId: 'AKIAEXAMPLE',
})
export const anonymous: Principal = { kind: 'anonymous' }

const ALLOW: Decision = { outcome: 'allow', decidedBy: 'identity', because: [] }
const DENY: Decision = { outcome: 'implicit-deny', decidedBy: 'identity', because: [] }

/** How a call is made; what is left out is the usual: alice of the first account, in us-east-1, allowed to do everything. */
export interface Way {
  readonly principal?: Principal
  readonly region?: string
  readonly headers?: RawHeaders
  readonly body?: string | Uint8Array | Readable
  readonly bodyLength?: number
  /** Says yes or no to each requirement. */
  readonly allows?: (requirement: Requirement, principal: Principal) => boolean
}

/** A service with a store in memory and a directory of its own, called as the gateway calls it: requires, judge, perform. */
export interface S3UnderTest {
  readonly service: Service
  readonly store: Store
  /** Everything is in here; the objects' files are in `objects`. */
  readonly directory: string
  readonly clock: ReturnType<typeof fixedClock>
  ask(operation: string, input: Record<string, unknown>, way?: Way): Promise<Record<string, unknown>>
  requirements(operation: string, input: Record<string, unknown>, way?: Way): Promise<readonly Requirement[]>
  /** The bytes of an object. */
  bytesOf(bucket: string, key: string): Promise<Buffer>
  /** Another service over the same store and directory, as after a restart. */
  restart(): Promise<S3UnderTest>
  close(): Promise<void>
}

export async function openS3(identity?: S3Options['identity']): Promise<S3UnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'openirsa-s3-'))
  return await assemble(directory, await openSqliteStore(':memory:'), identity)
}

let opened = 0

async function assemble(directory: string, store: Store, identity: S3Options['identity']): Promise<S3UnderTest> {
  const clock = fixedClock(START)
  opened += 1
  const bodies: Readable[] = []
  const service = await createS3({
    store,
    objectDirectory: join(directory, 'objects'),
    clock,
    randomness: seededRandomness(`s3 ${opened}`),
    ...(identity === undefined ? {} : { identity }),
  })
  const rowOf = (operation: string) => {
    const row = service.operations[operation]
    if (row === undefined) throw new Error(`no operation ${operation}`)
    return row
  }
  const requirements: S3UnderTest['requirements'] = async (operation, input, way = {}) => {
    const call = callOf(operation, input, way)
    return await rowOf(operation).requires(input, way.principal ?? userOf(ACCOUNT), call)
  }
  const ask: S3UnderTest['ask'] = async (operation, input, way = {}) => {
    const { principal = userOf(ACCOUNT), allows = () => true } = way
    const call = callOf(operation, input, way)
    const judged: Judged[] = []
    for (const requirement of await requirements(operation, input, way)) {
      const decision = allows(requirement, principal) ? ALLOW : DENY
      judged.push({ requirement, decision })
    }
    const stopped = judged.find(({ requirement, decision }) => requirement.onDeny === 'refuse' && decision === DENY)
    if (stopped !== undefined) {
      const explanation = { decision: DENY, rungs: [], nearest: [] }
      throw service.refuse({ kind: 'denial', judged: stopped, principal, explanation }, call)
    }
    const { output } = await rowOf(operation).perform(call, principal, judged)
    if (output.Body instanceof Readable) bodies.push(output.Body)
    return output
  }
  return {
    service,
    store,
    directory,
    clock,
    ask,
    requirements,
    bytesOf: async (Bucket, Key) => readAll((await ask('GetObject', { Bucket, Key })).Body),
    restart: () => assemble(directory, store, identity),
    close: async () => {
      // As the gateway does with an answer that nobody took: an open body is an open file.
      for (const body of bodies) body.destroy()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}

export async function readAll(body: unknown): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new Error('the body is no stream')
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function callOf(operation: string, input: Record<string, unknown>, way: Way): ApiCall {
  const { body, bodyLength, headers = [], region = 'us-east-1', principal } = way
  const stream = body === undefined || body instanceof Readable ? body : Readable.from([Buffer.from(body)])
  const length = bodyLength ?? (body === undefined || body instanceof Readable ? undefined : Buffer.from(body).length)
  return {
    service: 's3',
    operation,
    region: region as Region,
    requestId: 'request',
    time: instant(START),
    origin: { sourceIp: '127.0.0.1', userAgent: 'test', host: '127.0.0.1', isTls: true, tlsVersion: 'TLSv1.3' },
    ...(principal?.kind === 'anonymous' ? {} : { signedBy: 'header' as const }),
    headers,
    input,
    ...(stream === undefined ? {} : { body: stream }),
    ...(length === undefined ? {} : { bodyLength: length }),
  }
}
