import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Clock, type Instant, instant, plusSeconds, seconds } from '../../core/index.ts'
import { createLog } from '../../io/host/index.ts'
import {
  parseIssuerUrl,
  parseJwkSet,
  peekToken,
  type SigningKey,
  verifyWebIdentityToken,
} from '../../standards/oidc/index.ts'
import { generateSigningKey } from '../issuer/index.ts'
import {
  activateNextKey,
  addNextKey,
  createKeyStore,
  type IssuerState,
  type KeyStore,
  recordPublication,
  renderIssuerDocuments,
} from '../key-store/index.ts'
import {
  FetchKeysRequestSchema,
  FetchKeysResponseSchema,
  MetadataResponseSchema,
  SignJWTRequestSchema,
  SignJWTResponseSchema,
} from './generated/external-jwt-signer_pb.ts'
import { type SignerServer, serveSigner } from './serve.ts'
import { openSigner, type Signer } from './signer.ts'

const ISSUER = 'https://oidc.example.com/c'
const START = instant(Date.parse('2026-03-01T00:00:00Z'))
const EPOCH = START / 1000

let root: string
let path: string
let store: KeyStore
let signer: Signer
let server: SignerServer
let client: Client
let now: Instant
let logged: string
const clock: Clock = { now: () => now }
const log = createLog({
  level: 'debug',
  format: 'text',
  write: (line) => {
    logged += line
  },
})

beforeEach(async () => {
  now = START
  logged = ''
  root = mkdtempSync(join(tmpdir(), 'signer-'))
  path = join(root, 'signer.sock')
  store = await makeStore(join(root, 'issuer'), generateSigningKey('ES256'))
  await publish()
  await start()
})
afterEach(async () => {
  await stop()
  rmSync(root, { recursive: true, force: true })
})

async function makeStore(directory: string, key: SigningKey): Promise<KeyStore> {
  const { keyId, algorithm, publicKey } = key
  const state: IssuerState = {
    issuer: parseIssuerUrl(ISSUER),
    jwksUri: `${ISSUER}/keys.json`,
    mode: 'signer',
    keyAlgorithm: 'ES256',
    times: {
      stsCacheSeconds: seconds(60),
      maxAgeSeconds: seconds(60),
      refreshHintSeconds: seconds(60),
      maxTokenSeconds: seconds(86_400),
      existingTokenSeconds: seconds(86_400),
    },
    keys: [{ keyId, algorithm, publicKey, state: 'active', origin: 'made', madeAt: START, activatedAt: START }],
    retired: [],
    publications: [],
    changedAt: START,
  }
  return (await createKeyStore(directory, async () => ({ state, keys: [key] }))).store
}

const publish = () =>
  store.update((state) =>
    recordPublication(
      state,
      { target: 'dir:/x', keyIds: state.keys.map(({ keyId }) => keyId), maxAgeSeconds: seconds(60) },
      now,
    ),
  )

async function start(): Promise<void> {
  signer = await openSigner({ store, instance: 'one', clock, log, pollMilliseconds: 20 })
  server = await serveSigner(signer, { path, access: { mode: 0o600 }, log })
  client = new Client(`unix:${path}`, credentials.createInsecure())
}

async function stop(): Promise<void> {
  client.close()
  await server.close()
  signer.close()
}

function call(name: string, bytes: Uint8Array): Promise<Buffer> {
  const raw = (buffer: Buffer): Buffer => buffer
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/v1.ExternalJWTSigner/${name}`, raw, raw, Buffer.from(bytes), (failure, answer) => {
      if (failure) reject(failure)
      else resolve(answer as Buffer)
    })
  })
}

const claimsOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  aud: ['sts.amazonaws.com'],
  exp: EPOCH + 3600,
  iat: EPOCH,
  iss: ISSUER,
  'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'orders', uid: 'u' } },
  nbf: EPOCH,
  sub: 'system:serviceaccount:shop:orders',
  ...more,
})
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

async function sign(claims: string): Promise<{ readonly header: string; readonly signature: string }> {
  const request = toBinary(SignJWTRequestSchema, create(SignJWTRequestSchema, { claims }))
  return fromBinary(SignJWTResponseSchema, await call('Sign', request))
}

async function refused(bytes: Promise<unknown>): Promise<ServiceError> {
  const failure = await bytes.then(
    () => undefined,
    (reason: unknown) => reason as ServiceError,
  )
  if (failure === undefined) throw new Error('it was answered')
  return failure
}

async function fetchKeys() {
  return fromBinary(
    FetchKeysResponseSchema,
    await call('FetchKeys', toBinary(FetchKeysRequestSchema, create(FetchKeysRequestSchema))),
  )
}

describe('the signer', () => {
  test('signs what a verifier of ours accepts, with the header that kube-apiserver takes', async () => {
    const claims = encode(claimsOf())
    const { header, signature } = await sign(claims)
    const state = await store.read()
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      kid: state.keys[0]?.keyId,
      typ: 'JWT',
    })
    const token = peekToken(`${header}.${claims}.${signature}`)
    const key = parseJwkSet(renderIssuerDocuments(state).jwks.body).keys.get(token.keyId)
    const expected = { issuer: state.issuer, clientIds: ['sts.amazonaws.com'], now, leewaySeconds: seconds(0) }
    expect(await verifyWebIdentityToken(token, { ...expected, key: key! })).toMatchObject({
      subject: 'system:serviceaccount:shop:orders',
    })
  })

  test('gives every key that verifies, with a hint and the time of the last change', async () => {
    const { keys, refreshHintSeconds, dataTimestamp } = await fetchKeys()
    const state = await store.read()
    expect(keys.map(({ keyId }) => keyId)).toEqual(state.keys.map(({ keyId }) => keyId))
    expect(Buffer.from(keys[0]?.key ?? [])).toEqual(state.keys[0]?.publicKey.export({ type: 'spki', format: 'der' }))
    expect(refreshHintSeconds).toBe(60n)
    expect(dataTimestamp?.seconds).toBe(BigInt(EPOCH))
  })

  test('says how long tokens may live', async () => {
    const answer = fromBinary(MetadataResponseSchema, await call('Metadata', Buffer.alloc(0)))
    expect(answer.maxTokenExpirationSeconds).toBe(86_400n)
  })

  test('keeps the socket to its owner', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

describe('nothing is signed', () => {
  const field = (tag: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([tag, text.length]), Buffer.from(text)])

  test.each([
    ['with a field that is not known', Buffer.concat([field(0x0a, 'e30'), field(0x7a, 'x')])],
    ['that is no message', Buffer.from([0xff, 0xff, 0xff])],
    ['that is cut short', Buffer.from([0x0a, 0x50, 0x61])],
    ['with text that is no UTF-8', Buffer.from([0x0a, 0x02, 0xff, 0xfe])],
    ['without claims', Buffer.alloc(0)],
  ])('for a request %s', async (_, bytes) => {
    expect((await refused(call('Sign', bytes))).code).toBe(status.INVALID_ARGUMENT)
  })

  test.each([
    ['that are no JSON', Buffer.from('{"iss"').toString('base64url')],
    ['that are no object', encode([])],
    ['with padding', `${encode(claimsOf())}=`],
    ['with a name twice', Buffer.from(`{"iss":"${ISSUER}","iss":"${ISSUER}"}`).toString('base64url')],
    ['of another issuer', encode(claimsOf({ iss: 'https://evil.example.com' }))],
    ['without issuer', encode(claimsOf({ iss: undefined }))],
    ['of nobody in the cluster', encode(claimsOf({ sub: 'admin' }))],
    ['without audience', encode(claimsOf({ aud: [] }))],
    ['with an empty audience', encode(claimsOf({ aud: [''] }))],
    ['without end', encode(claimsOf({ exp: undefined }))],
    ['with an end that is text', encode(claimsOf({ exp: String(EPOCH + 60) }))],
    ['with an end after the longest life', encode(claimsOf({ exp: EPOCH + 86_400 + 301 }))],
    ['that are over', encode(claimsOf({ exp: EPOCH - 301 }))],
    ['that are huge', encode(claimsOf({ more: 'x'.repeat(20_000) }))],
  ])('for claims %s', async (_, claims) => {
    const failure = await refused(sign(claims))
    expect(failure.code).toBe(status.INVALID_ARGUMENT)
    expect(failure.details).not.toContain('evil')
  })

  test('for a request beyond every size', async () => {
    expect((await refused(sign('A'.repeat(200_000)))).code).toBe(status.RESOURCE_EXHAUSTED)
  })

  test('for bytes that are no HTTP/2, and the next caller is served', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(path)
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.write(`GET / HTTP/1.1\r\n\r\n${'\u0000\u00ff'.repeat(5000)}`)
      setTimeout(() => socket.destroy(), 500)
    })
    expect((await fetchKeys()).keys).toHaveLength(1)
  })

  test('for a method that there is not', async () => {
    expect((await refused(call('Steal', Buffer.alloc(0)))).code).toBe(status.UNIMPLEMENTED)
  })

  test('while the key is not published; as soon as it is, it signs', async () => {
    await store.update((state) => ({ ...state, publications: [] }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const failure = await refused(sign(encode(claimsOf())))
    expect(failure.code).toBe(status.FAILED_PRECONDITION)
    expect(failure.details).toContain('was never published')
    expect(signer.readiness()).toContain('may not sign')
    await publish()
    expect((await sign(encode(claimsOf()))).signature).not.toBe('')
  })

  test('and no claim reaches the log', async () => {
    await refused(sign(encode(claimsOf({ sub: 'canary-subject' }))))
    expect(logged).toContain('nothing was signed')
    expect(logged).not.toContain('canary-subject')
  })
})

describe('a rotation', () => {
  const addNext = async (): Promise<string> => {
    const key = generateSigningKey('ES256')
    const { keyId, algorithm, publicKey } = key
    await store.update(async (state) => {
      await store.writeSigningKey(key)
      return addNextKey(state, { keyId, algorithm, publicKey, state: 'next', origin: 'made', madeAt: now })
    })
    await publish()
    return keyId
  }
  const kidOf = async (): Promise<string> => {
    const { header } = await sign(encode(claimsOf()))
    return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
  }

  test('is seen by the signer: FetchKeys has the new key at once, and the report says so', async () => {
    const keyId = await addNext()
    expect((await fetchKeys()).keys.map((key) => key.keyId)).toContain(keyId)
    await expect.poll(async () => (await store.readReports())[0]?.known.has(keyId)).toBe(true)
    expect(await kidOf()).not.toBe(keyId)
  })

  test('lets the next key sign when it is active, and reports it', async () => {
    const keyId = await addNext()
    await store.update((state) => activateNextKey(state, { reports: [], now }, { force: true }))
    await expect.poll(kidOf).toBe(keyId)
    await expect.poll(async () => (await store.readReports())[0]?.signsWith).toBe(keyId)
  })

  test('knows how long the tokens of a key live, before the first of them leaves', async () => {
    const keyId = await kidOf()
    const until = (await store.readReports())[0]?.signedUntil.get(keyId)
    expect(until).toBeGreaterThanOrEqual(plusSeconds(START, seconds(3600)))
    await sign(encode(claimsOf({ exp: EPOCH + 80_000 })))
    expect((await store.readReports())[0]?.signedUntil.get(keyId)).toBeGreaterThanOrEqual(
      plusSeconds(START, seconds(80_000)),
    )
  })

  test('does not forget after a restart what the signer signed, and when it was first asked', async () => {
    const keyId = await kidOf()
    await fetchKeys()
    await expect.poll(async () => (await store.readReports())[0]?.askedAt).toBe(START)
    const before = (await store.readReports())[0]?.signedUntil.get(keyId)
    now = plusSeconds(START, seconds(60))
    await stop()
    await start()
    await signer.fetchKeys()
    const then = (await store.readReports())[0]
    expect(then?.signedUntil.get(keyId)).toBe(before)
    expect(then?.askedAt).toBe(START)
  })

  test('goes on with the keys that it has when the store is damaged', async () => {
    const file = join(root, 'issuer', 'issuer.json')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, '{')
    await expect.poll(() => logged).toContain('goes on with those that it has')
    expect((await sign(encode(claimsOf()))).signature).not.toBe('')
    writeFileSync(file, whole)
  })
})

describe('the socket', () => {
  test('of a process that died is taken over', async () => {
    await stop()
    // A server that is closed removes its socket: what a killed one leaves is made by hand.
    await leaveSocket(path)
    expect(existsSync(path)).toBe(true)
    await start()
    expect((await fetchKeys()).keys).toHaveLength(1)
  })

  test('on which somebody answers is left alone', async () => {
    await expect(serveSigner(signer, { path, access: { mode: 0o600 }, log })).rejects.toThrow('answers on')
    expect((await fetchKeys()).keys).toHaveLength(1)
  })

  test('that is a file is refused, and the file stays', async () => {
    const file = join(root, 'precious')
    writeFileSync(file, 'text')
    await expect(serveSigner(signer, { path: file, access: { mode: 0o600 }, log })).rejects.toThrow('is no socket')
    expect(readFileSync(file, 'utf8')).toBe('text')
  })

  test('in a directory that is not there is told with its way out', async () => {
    const missing = join(root, 'none', 'signer.sock')
    await expect(serveSigner(signer, { path: missing, access: { mode: 0o600 }, log })).rejects.toMatchObject({
      message: `cannot listen on the socket \`${missing}\``,
      hint: expect.stringContaining('directory'),
    })
  })

  test('is gone when the signer is closed', async () => {
    await server.close()
    expect(existsSync(path)).toBe(false)
  })
})

/** Leaves the socket's file where nobody answers, as a killed process does. */
async function leaveSocket(at: string): Promise<void> {
  const dead = createServer()
  await new Promise<void>((resolve) => dead.listen(at, resolve))
  renameSync(at, `${at}.aside`)
  await new Promise((resolve) => dead.close(resolve))
  renameSync(`${at}.aside`, at)
}
