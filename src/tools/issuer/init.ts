import { resolve } from 'node:path'
import { generateSigningKey } from '../../cluster/issuer/index.ts'
import {
  createKeyStore,
  type IssuerState,
  type IssuerTimes,
  keyStoreJwksUri,
  type SigningMode,
  type StoredKey,
} from '../../cluster/key-store/index.ts'
import { ConfigError, type Instant, type Seconds, seconds } from '../../core/index.ts'
import { type IssuerUrl, IssuerUrlError, parseIssuerUrl, type SigningKey } from '../../standards/oidc/index.ts'
import { type ExistingKeys, readExistingKeys } from './existing-keys.ts'
import type { IssuerHost } from './model.ts'

export interface InitOptions {
  readonly directory: string
  readonly issuer: string
  readonly keyType: 'rsa' | 'ec'
  readonly mode: SigningMode
  readonly existing?: { readonly file: string; readonly text: string; readonly issuer: string }
  readonly stsCacheSeconds?: Seconds
  readonly maxAgeSeconds?: Seconds
  readonly refreshHintSeconds?: Seconds
  readonly maxTokenSeconds?: Seconds
  readonly existingTokenSeconds?: Seconds
}

export interface InitOutcome {
  readonly directory: string
  readonly isNew: boolean
  readonly state: IssuerState
}

const YEAR = seconds(365 * 24 * 3600)
const DAY = seconds(24 * 3600)
const HOUR = seconds(3600)
/** SPEC: ExternalJWTSigner, MetadataResponse: at least so much. */
const SHORTEST_MAX_TOKEN = 600

/**
 * Makes the directory of an issuer: its first key and state. Run again with the same words it changes nothing.
 * @throws ConfigError when the options cannot be, or another issuer is there already
 */
export async function initIssuer(options: InitOptions, { clock }: IssuerHost): Promise<InitOutcome> {
  const directory = resolve(options.directory)
  const issuer = readIssuer(options.issuer)
  const times = timesOf(options)
  const existing =
    options.existing === undefined ? undefined : readExistingKeys(options.existing.text, options.existing.file)
  const { store, isNew } = await createKeyStore(directory, async () =>
    beginOf({ options, issuer, times, existing }, clock.now()),
  )
  const state = await store.read()
  if (!isNew) refuseOther(state, { issuer, options, existing }, directory)
  return { directory, isNew, state }
}

function readIssuer(text: string): IssuerUrl {
  try {
    return parseIssuerUrl(text)
  } catch (cause) {
    if (!(cause instanceof IssuerUrlError)) throw cause
    throw new ConfigError(`--issuer: ${cause.message}`, { cause, hint: 'such as https://oidc.example.com/my-cluster' })
  }
}

function timesOf({ mode, maxTokenSeconds, ...options }: InitOptions): IssuerTimes {
  // kube-apiserver's own signer makes tokens of a year for old clients, unless it is told not to; ours is asked for a day at most.
  const longest = maxTokenSeconds ?? (mode === 'files' ? YEAR : DAY)
  if (longest < SHORTEST_MAX_TOKEN)
    throw new ConfigError(`--max-token-expiration: expected 600 s at least, found ${longest} s`)
  return {
    stsCacheSeconds: options.stsCacheSeconds ?? DAY,
    maxAgeSeconds: options.maxAgeSeconds ?? HOUR,
    refreshHintSeconds: options.refreshHintSeconds ?? seconds(300),
    maxTokenSeconds: longest,
    existingTokenSeconds: options.existingTokenSeconds ?? YEAR,
  }
}

interface Beginning {
  readonly options: InitOptions
  readonly issuer: IssuerUrl
  readonly times: IssuerTimes
  readonly existing: ExistingKeys | undefined
}

function beginOf({ options, issuer, times, existing }: Beginning, now: Instant) {
  const keyAlgorithm = options.keyType === 'rsa' ? 'RS256' : 'ES256'
  const made = generateSigningKey(keyAlgorithm)
  const base = {
    issuer,
    jwksUri: keyStoreJwksUri(issuer),
    mode: options.mode,
    keyAlgorithm,
    times,
    retired: [],
    publications: [],
    changedAt: now,
  } as const
  if (options.existing === undefined || existing === undefined)
    return { state: { ...base, keys: [activeKey(made, now)] } satisfies IssuerState, keys: [made] }
  const continued = options.existing.issuer === issuer
  const { keys, privateKeys } = continued ? continueWith(made, existing, now) : keepSecond(made, existing, now)
  return { state: { ...base, existingIssuer: options.existing.issuer, keys } satisfies IssuerState, keys: privateKeys }
}

const publicHalf = ({ keyId, algorithm, publicKey }: Pick<SigningKey, 'keyId' | 'algorithm' | 'publicKey'>) => ({
  keyId,
  algorithm,
  publicKey,
})

const activeKey = (key: SigningKey, now: Instant): StoredKey => ({
  ...publicHalf(key),
  state: 'active',
  origin: 'made',
  madeAt: now,
  activatedAt: now,
})

/** Another issuer: our key signs at once, since nobody has ever seen this issuer; the cluster's keys go on verifying what they signed. */
function keepSecond(made: SigningKey, { signing, verifying }: ExistingKeys, now: Instant) {
  const kept = [...signing, ...verifying].map(
    (key): StoredKey => ({
      ...publicHalf(key),
      state: 'retiring',
      origin: 'existing',
      madeAt: now,
      retiringSince: now,
      isOfAnotherIssuer: true,
    }),
  )
  return { keys: [activeKey(made, now), ...once(kept)], privateKeys: [made] }
}

/** The same issuer: verifiers know the cluster's key, so that it signs until ours is known as well: an ordinary rotation. */
function continueWith(made: SigningKey, { signing, verifying }: ExistingKeys, now: Instant) {
  const [current, ...more] = signing
  if (current === undefined || more.length > 0) {
    throw new ConfigError('the issuer stays the same, but `--existing-key` is not its one private key', {
      hint: 'give the file of `--service-account-signing-key-file`: that key signs on until the new one is known everywhere',
    })
  }
  const old = verifying
    .filter(({ keyId }) => keyId !== current.keyId)
    .map(
      (key): StoredKey => ({
        ...publicHalf(key),
        state: 'retiring',
        origin: 'existing',
        madeAt: now,
        retiringSince: now,
      }),
    )
  const next: StoredKey = { ...publicHalf(made), state: 'next', origin: 'made', madeAt: now }
  const active: StoredKey = { ...activeKey(current, now), origin: 'existing' }
  return { keys: [active, next, ...once(old)], privateKeys: [current, made] }
}

const once = (keys: readonly StoredKey[]): readonly StoredKey[] => [
  ...new Map(keys.map((key) => [key.keyId, key])).values(),
]

function refuseOther(
  state: IssuerState,
  { issuer, options, existing }: Pick<Beginning, 'issuer' | 'options' | 'existing'>,
  directory: string,
): void {
  const differs = (what: string, found: string, wanted: string): ConfigError =>
    new ConfigError(`\`${directory}\` holds another issuer already: its ${what} is \`${found}\`, not \`${wanted}\``, {
      hint: 'give each issuer a directory of its own with --dir',
    })
  if (state.issuer !== issuer) throw differs('URL', state.issuer, issuer)
  if (state.mode !== options.mode) throw differs('way of signing', state.mode, options.mode)
  if (options.existing === undefined) return
  if (state.existingIssuer !== options.existing.issuer)
    throw differs('existing issuer', state.existingIssuer ?? 'none', options.existing.issuer)
  const known = new Set([...state.keys, ...state.retired].map(({ keyId }) => keyId))
  for (const { keyId } of [...(existing?.signing ?? []), ...(existing?.verifying ?? [])])
    if (!known.has(keyId)) throw differs('existing key', 'another', keyId)
}
