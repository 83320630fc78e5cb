import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HttpHead, instant, Secret, SignatureError, seconds } from '../../../src/core/index.ts'
import {
  deriveSigningKey,
  findCredentials,
  presignRequest,
  type SigningCredentials,
  signRequest,
  verifySignature,
} from '../../../src/standards/sigv4/index.ts'

/** The signer of the AWS SDK as an independent voice, over requests that nobody thought of. */
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const NOW = instant(Date.parse('2026-01-02T03:04:05Z'))
const EMPTY = createHash('sha256').digest('hex')

class Sha256 {
  readonly #hash: Hash | Hmac
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key =
      typeof secret === 'string' ? secret : secret === undefined ? undefined : Buffer.from(secret as Uint8Array)
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : Buffer.from(data as Uint8Array))
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

const text = fc.string({ unit: fc.constantFrom(...'abAB09-._~/ +&=?%#é日:@!*\'();,[]"<>'), maxLength: 12 })
const word = fc.string({ unit: fc.constantFrom(...'abcxyz09-'), minLength: 1, maxLength: 8 })
const value = fc.string({ unit: fc.constantFrom(...'ab ,;="é\t'), maxLength: 16 })
const request = fc.record({
  service: fc.constantFrom('s3', 'sts', 'eks'),
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
  segments: fc.array(text, { maxLength: 4 }),
  query: fc.dictionary(
    text.filter((name) => name !== ''),
    fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
    { maxKeys: 4 },
  ),
  headers: fc.dictionary(
    word.map((name) => `x-${name}`),
    value,
    { maxKeys: 4 },
  ),
  sessionToken: fc.option(
    text.filter((token) => /^[a-zA-Z0-9/+=]+$/.test(token)),
    { nil: undefined },
  ),
})

const escapeUri = (part: string) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
const latin1 = (line: string) => Buffer.from(line, 'utf8').toString('latin1')

function signerOf(service: string, sessionToken: string | undefined): SignatureV4 {
  return new SignatureV4({
    service,
    region: 'us-east-1',
    sha256: Sha256 as never,
    credentials: {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  })
}

interface Wire {
  method: string
  path: string
  query: Record<string, string | string[] | null>
  headers: Record<string, string>
}

/** As the SDK's HTTP handler puts it on the wire. */
function headOf(wire: Wire): HttpHead {
  const pieces = Object.entries(wire.query).flatMap(([name, values]) =>
    [values].flat().map((one) => (one === null ? escapeUri(name) : `${escapeUri(name)}=${escapeUri(one)}`)),
  )
  const headers = Object.entries(wire.headers).map(([name, one]): [string, string] => [name, latin1(one)])
  return { method: wire.method, path: wire.path, query: pieces.join('&'), headers }
}

function refusalOf(head: HttpHead, service: string): SignatureError | undefined {
  try {
    const presented = findCredentials(head) ?? expect.unreachable()
    verifySignature(head, presented, {
      signingKey: deriveSigningKey(new Secret(secretAccessKey), presented.scope),
      now: NOW,
      bodySha256: EMPTY,
      pathStyle: service === 's3' ? 's3' : 'normalized',
      maxSkewSeconds: seconds(900),
      services: [service],
    })
    return undefined
  } catch (error) {
    if (error instanceof SignatureError) return error
    throw error
  }
}

type Parts = Omit<typeof request extends fc.Arbitrary<infer Value> ? Value : never, 'service' | 'sessionToken'>

function wireOf({ method, segments, query, headers }: Parts): Wire {
  const path = `/${segments.map(escapeUri).join('/')}`
  return { method, path, query: { ...query }, headers: { host: 'localhost:4566', ...headers } }
}

const SERVER = { protocol: 'http:', hostname: 'localhost' }

function ownCredentials(sessionToken: string | undefined): SigningCredentials {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: new Secret(secretAccessKey) }
  return sessionToken === undefined ? credentials : { ...credentials, sessionToken }
}

it('whatever the signer of the SDK signs is accepted, and is signed by us the same way', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ service, sessionToken, ...parts }) => {
      const wire = wireOf(parts)
      const signed = await signerOf(service, sessionToken).sign({ ...SERVER, ...wire }, { signingDate: new Date(NOW) })
      const head = headOf(signed as Wire)
      expect(refusalOf(head, service)).toBeUndefined()
      const credentials = ownCredentials(sessionToken)
      const ours = signRequest(headOf(wire), { credentials, scope: { region: 'us-east-1', service }, now: NOW })
      expect(refusalOf({ ...headOf(wire), headers: ours }, service)).toBeUndefined()
      expect(findCredentials({ ...head, headers: ours })?.signature).toBe(findCredentials(head)?.signature)
    }),
    { numRuns: 120 },
  )
})

it('whatever the signer of the SDK presigns is accepted, and is signed by us the same way', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ service, sessionToken, ...parts }) => {
      const wire = wireOf(parts)
      // As the presigner of the SDK does.
      const payload: Record<string, string> = service === 's3' ? { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' } : {}
      const given = { ...SERVER, ...wire, headers: { ...wire.headers, ...payload } }
      const options = {
        signingDate: new Date(NOW),
        expiresIn: 60,
        unhoistableHeaders: new Set(Object.keys(wire.headers)),
      }
      const signed = await signerOf(service, sessionToken).presign(given, options)
      expect(refusalOf(headOf(signed as Wire), service)).toBeUndefined()
      const credentials = ownCredentials(sessionToken)
      const query = presignRequest(headOf(wire), {
        credentials,
        scope: { region: 'us-east-1', service },
        now: NOW,
        expiresSeconds: 60,
      })
      expect(refusalOf({ ...headOf(wire), query }, service)).toBeUndefined()
    }),
    { numRuns: 120 },
  )
})
