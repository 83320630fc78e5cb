import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Instant } from '../../core/index.ts'
import { keyIdOf, parseIssuerUrl } from '../../standards/oidc/index.ts'
import { KeyStoreError } from './errors.ts'
import { type JsonReader, readJsonFile } from './json-reader.ts'
import type { IssuerState, Publication, SignerReport, StoredKey } from './model.ts'

const VERSION = 1

/** The state as JSON for people to read too; nothing in it is secret. `parseIssuerState` reads it back. */
export function renderIssuerState(state: IssuerState): string {
  const document = {
    version: VERSION,
    ...state,
    changedAt: isoOf(state.changedAt),
    keys: state.keys.map(({ publicKey, ...key }) => ({
      ...key,
      ...isoMembers(key),
      publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    })),
    retired: state.retired.map(({ keyId, retiredAt }) => ({ keyId, retiredAt: isoOf(retiredAt) })),
    publications: state.publications.map(({ since, publishedAt, ...publication }) => ({
      ...publication,
      publishedAt: isoOf(publishedAt),
      since: isoTimes(since),
    })),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** @throws KeyStoreError when the text is none of ours, or a key in it is not what its ID says */
export function parseIssuerState(text: string, file: string): IssuerState {
  const read = readJsonFile(text, file, VERSION)
  const times = read.object('times')
  const existingIssuer = read.optionalText('existingIssuer')
  const state: IssuerState = {
    issuer: parseIssuerUrl(read.text('issuer')),
    jwksUri: read.text('jwksUri'),
    ...(existingIssuer === undefined ? {} : { existingIssuer }),
    mode: read.word('mode', ['files', 'signer']),
    keyAlgorithm: read.word('keyAlgorithm', ['RS256', 'ES256']),
    times: {
      stsCacheSeconds: times.duration('stsCacheSeconds'),
      maxAgeSeconds: times.duration('maxAgeSeconds'),
      refreshHintSeconds: times.duration('refreshHintSeconds'),
      maxTokenSeconds: times.duration('maxTokenSeconds'),
      existingTokenSeconds: times.duration('existingTokenSeconds'),
    },
    keys: read.objects('keys').map((key) => readKey(key, file)),
    retired: read.objects('retired').map((key) => ({ keyId: key.text('keyId'), retiredAt: key.time('retiredAt') })),
    publications: read.objects('publications').map(readPublication),
    changedAt: read.time('changedAt'),
  }
  checkKeys(state, file)
  return state
}

function checkKeys({ keys }: IssuerState, file: string): void {
  if (new Set(keys.map(({ keyId }) => keyId)).size < keys.length)
    throw new KeyStoreError(`\`${file}\` is damaged: a key occurs twice`)
  if (keys.filter(({ state }) => state === 'active').length > 1)
    throw new KeyStoreError(`\`${file}\` is damaged: more than one key is active`)
}

function readKey(read: JsonReader, file: string): StoredKey {
  const keyId = read.text('keyId')
  const activatedAt = read.optionalTime('activatedAt')
  const retiringSince = read.optionalTime('retiringSince')
  const signedUntil = read.optionalTime('signedUntil')
  const publicKey = importPublicKey(read.text('publicKey'), file)
  if (keyIdOf(publicKey) !== keyId)
    throw new KeyStoreError(`\`${file}\` is damaged: \`${keyId}\` is not the ID of its key`)
  return {
    keyId,
    algorithm: read.word('algorithm', ['RS256', 'ES256', 'ES384', 'ES512']),
    publicKey,
    state: read.word('state', ['next', 'active', 'retiring']),
    origin: read.word('origin', ['made', 'existing']),
    madeAt: read.time('madeAt'),
    ...(activatedAt === undefined ? {} : { activatedAt }),
    ...(retiringSince === undefined ? {} : { retiringSince }),
    ...(signedUntil === undefined ? {} : { signedUntil }),
    ...(read.flag('isOfAnotherIssuer') ? { isOfAnotherIssuer: true } : {}),
  }
}

function importPublicKey(base64: string, file: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })
  } catch {
    throw new KeyStoreError(`\`${file}\` is damaged: a public key in it cannot be read`)
  }
}

function readPublication(read: JsonReader): Publication {
  return {
    target: read.text('target'),
    publishedAt: read.time('publishedAt'),
    maxAgeSeconds: read.duration('maxAgeSeconds'),
    since: read.times('since'),
  }
}

/** What a signer says, as JSON. */
export function renderSignerReport(report: SignerReport): string {
  const document = {
    version: VERSION,
    ...report,
    reportedAt: isoOf(report.reportedAt),
    ...(report.askedAt === undefined ? {} : { askedAt: isoOf(report.askedAt) }),
    known: isoTimes(report.known),
    signedUntil: isoTimes(report.signedUntil),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** @throws KeyStoreError when the text is none of ours */
export function parseSignerReport(text: string, file: string): SignerReport {
  const read = readJsonFile(text, file, VERSION)
  const askedAt = read.optionalTime('askedAt')
  const signsWith = read.optionalText('signsWith')
  return {
    instance: read.text('instance'),
    reportedAt: read.time('reportedAt'),
    ...(askedAt === undefined ? {} : { askedAt }),
    ...(signsWith === undefined ? {} : { signsWith }),
    known: read.times('known'),
    signedUntil: read.times('signedUntil'),
  }
}

const isoOf = (at: Instant): string => new Date(at).toISOString()

const isoTimes = (times: ReadonlyMap<string, Instant>): Record<string, string> =>
  Object.fromEntries([...times].map(([key, at]) => [key, isoOf(at)]))

function isoMembers(key: Pick<StoredKey, 'madeAt' | 'activatedAt' | 'retiringSince' | 'signedUntil'>) {
  const { madeAt, activatedAt, retiringSince, signedUntil } = key
  return Object.fromEntries(
    Object.entries({ madeAt, activatedAt, retiringSince, signedUntil }).flatMap(([name, at]) =>
      at === undefined ? [] : [[name, isoOf(at)]],
    ),
  )
}
