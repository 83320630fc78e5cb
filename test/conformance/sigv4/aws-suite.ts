/** AWS's own signing suite: 38 cases, each signed in the header and in the query. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type HttpHead, type Instant, instant, Secret, seconds, splitTarget } from '../../../src/core/index.ts'
import {
  deriveSigningKey,
  findCredentials,
  type PresentedCredentials,
  type SigningCredentials,
  verifySignature,
} from '../../../src/standards/sigv4/index.ts'

const FOLDER = fileURLToPath(new URL('../../vectors/sigv4/aws-c-auth/v4/', import.meta.url))

export interface SuiteCase {
  readonly name: string
  readonly form: 'header' | 'query'
  readonly head: HttpHead
  readonly unsigned: HttpHead
  readonly bodySha256: string
  readonly credentials: SigningCredentials
  readonly now: Instant
  readonly expiresSeconds: number
  readonly pathStyle: 's3' | 'normalized'
  readonly signsBody: boolean
  readonly omitsSessionToken: boolean
  readonly signature: string
  readonly canonicalRequest: string
  readonly stringToSign: string
}

export const suiteCases: readonly SuiteCase[] = readdirSync(FOLDER).flatMap((name) => [
  readCase(name, 'header'),
  readCase(name, 'query'),
])

export function suiteCase(name: string, form: 'header' | 'query'): SuiteCase {
  const found = suiteCases.find((one) => one.name === name && one.form === form)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}

export interface Variation {
  readonly head?: HttpHead
  readonly secret?: Secret
  readonly now?: Instant
  readonly bodySha256?: string
}

/** Verifies a case, or a variation of it, and gives back what it presented. */
export function verifyCase(suite: SuiteCase, variation: Variation = {}): PresentedCredentials {
  const { head = suite.head, secret = suite.credentials.secretAccessKey, now = suite.now } = variation
  const presented = findCredentials(head)
  if (presented === undefined) throw new Error('no credentials found')
  verifySignature(head, presented, {
    signingKey: deriveSigningKey(secret, presented.scope),
    now,
    bodySha256: variation.bodySha256 ?? suite.bodySha256,
    pathStyle: suite.pathStyle,
    maxSkewSeconds: seconds(900),
    services: ['service'],
    regions: (region) => region === 'us-east-1',
  })
  return presented
}

function readCase(name: string, form: 'header' | 'query'): SuiteCase {
  const read = (file: string) => readFileSync(`${FOLDER}${name}/${file}`, 'latin1')
  const context = JSON.parse(read('context.json'))
  const { head, body } = parseRequest(read(`${form}-signed-request.txt`))
  return {
    name,
    form,
    head,
    unsigned: parseRequest(read('request.txt')).head,
    bodySha256: createHash('sha256').update(Buffer.from(body, 'latin1')).digest('hex'),
    credentials: {
      accessKeyId: context.credentials.access_key_id,
      secretAccessKey: new Secret<string>(context.credentials.secret_access_key),
      ...(context.credentials.token === undefined ? {} : { sessionToken: context.credentials.token }),
    },
    now: instant(Date.parse(context.timestamp)),
    expiresSeconds: context.expiration_in_seconds,
    pathStyle: context.normalize ? 'normalized' : 's3',
    signsBody: context.sign_body,
    omitsSessionToken: context.omit_session_token === true,
    signature: read(`${form}-signature.txt`).trim(),
    canonicalRequest: read(`${form}-canonical-request.txt`),
    stringToSign: read(`${form}-string-to-sign.txt`),
  }
}

/** HTTP/1.1 as in the files: bytes as latin1, folded lines kept in the value. */
function parseRequest(text: string): { head: HttpHead; body: string } {
  const end = text.indexOf('\n\n')
  const lines = (end < 0 ? text : text.slice(0, end)).split('\n').filter((line) => line !== '')
  const [first = '', ...rest] = lines
  const method = first.slice(0, first.indexOf(' '))
  const target = first.slice(first.indexOf(' ') + 1, first.lastIndexOf(' '))
  const headers: [string, string][] = []
  for (const line of rest) {
    const last = headers.at(-1)
    if (line.startsWith(' ') && last !== undefined) last[1] += `\n${line}`
    else headers.push([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])
  }
  return { head: { method, ...splitTarget(target), headers }, body: end < 0 ? '' : text.slice(end + 2).trimEnd() }
}
