import { openKeyStore, publishableKeys } from '../../cluster/key-store/index.ts'
import { findForeignKeys } from '../../cluster/publish/index.ts'
import { ConfigError, type Instant } from '../../core/index.ts'
import type { FetchReason } from '../../io/http/index.ts'
import { type IssuerUrl, IssuerUrlError, parseIssuerUrl } from '../../standards/oidc/index.ts'
import {
  type Answer,
  type InspectOptions,
  type IssuerFacts,
  inspectIssuer,
  publishedMembers,
  servedCertificates,
} from './inspect.ts'
import type { FetchingHost } from './model.ts'

/** `warn`: STS accepts it, and somebody will be sorry. `unknown`: it could not be asked from here. */
export type CheckState = 'pass' | 'warn' | 'fail' | 'unknown'

/** One line of a verification. */
export interface Check {
  readonly name: string
  readonly state: CheckState
  /** What was found. */
  readonly found: string
  /** The way out. */
  readonly hint?: string
}

export interface VerifyOptions {
  readonly issuer: string
  readonly allowPrivateHosts: readonly string[]
  /** An issuer's directory: what is published must be what it holds. */
  readonly directory?: string
}

export interface Verification {
  readonly issuer: string
  readonly checks: readonly Check[]
  /** `yes`: STS would accept its tokens; `no`: it would not; `unknown`: it could not be asked from here. */
  readonly verdict: 'yes' | 'no' | 'unknown'
}

/** Fetches the issuer and judges it as AWS STS would, one check a line. @throws ConfigError when there is no such directory */
export async function verifyIssuer(options: VerifyOptions, { network, clock }: FetchingHost): Promise<Verification> {
  const { issuer: text } = options
  const issuer = readUrl(text)
  if (typeof issuer !== 'string') return concluded(text, [issuer])
  const facts = await inspectIssuer(issuer, inspecting(options, network))
  const checks = [...judge(facts, clock.now()), ...(await compareWith(options.directory, facts))]
  return concluded(issuer, [pass('url', 'https, no port, no query'), ...checks])
}

/** What the issuer shows, for people. @throws ConfigError for what is no issuer's URL */
export async function showIssuer(
  options: VerifyOptions,
  { network }: Pick<FetchingHost, 'network'>,
): Promise<IssuerFacts> {
  const issuer = readUrl(options.issuer)
  if (typeof issuer !== 'string')
    throw new ConfigError(`\`${options.issuer.slice(0, 255)}\`: ${issuer.found}`, { hint: issuer.hint ?? '' })
  return inspectIssuer(issuer, inspecting(options, network))
}

const inspecting = ({ allowPrivateHosts }: VerifyOptions, network: FetchingHost['network']): InspectOptions => ({
  network,
  allowPrivateHosts: new Set(allowPrivateHosts.map((host) => host.toLowerCase())),
})

function readUrl(text: string): IssuerUrl | Check {
  try {
    return parseIssuerUrl(text)
  } catch (cause) {
    if (!(cause instanceof IssuerUrlError)) throw cause
    return fail('url', cause.message, 'an issuer is https://HOST/PATH, without port, query and fragment')
  }
}

function concluded(issuer: string, checks: readonly Check[]): Verification {
  const states = new Set(checks.map(({ state }) => state))
  return { issuer, checks, verdict: states.has('fail') ? 'no' : states.has('unknown') ? 'unknown' : 'yes' }
}

function judge(facts: IssuerFacts, now: Instant): readonly Check[] {
  const { discovery, jwks } = facts
  if ('failure' in discovery) return [unfetched('discovery', discovery.failure)]
  return [
    serverCheck(facts),
    certificateCheck(facts, now),
    pass('discovery', `${discovery.fetched.body.length} bytes from ${facts.discoveryUrl}`),
    headersCheck('discovery-headers', discovery, ['application/json']),
    issuerCheck(facts),
    ...(jwks === undefined ? [fail('jwks-uri', 'the discovery document names no `jwks_uri`')] : judgeJwks(facts, jwks)),
  ]
}

function judgeJwks({ jwksUri = '' }: IssuerFacts, jwks: Answer): readonly Check[] {
  if ('failure' in jwks) return [unfetched('jwks', jwks.failure)]
  return [
    pass('jwks-uri', jwksUri),
    headersCheck('jwks-headers', jwks, ['application/jwk-set+json', 'application/json']),
    keysCheck(jwks),
    privateCheck(jwks),
  ]
}

function serverCheck({ pinned, discovery }: IssuerFacts): Check {
  if (pinned === undefined) return pass('tls', 'the certificate is trusted by the trust store')
  const isPinned = !('failure' in discovery) && discovery.fetched.connection === 'Thumbprint'
  return isPinned
    ? {
        name: 'tls',
        state: 'warn',
        found: 'the certificate is not of a public authority: AWS believes it by its thumbprint alone',
        hint: `the OIDC provider in IAM needs the thumbprint ${pinned}`,
      }
    : fail('tls', 'the certificate is neither trusted nor can it be pinned')
}

const DAY = 24 * 3600 * 1000
const WARN_DAYS = 14

function certificateCheck({ discovery }: IssuerFacts, now: Instant): Check {
  const [first, ...more] = servedCertificates(discovery)
  if (first === undefined) return fail('certificate', 'the server sent no certificate')
  const next = more.reduce((soonest, each) => (each.notAfter < soonest.notAfter ? each : soonest), first)
  const days = Math.floor((Date.parse(next.notAfter) - now) / DAY)
  const found = `the first certificate of the chain to expire does so in ${days} days (${next.notAfter})`
  return days < WARN_DAYS
    ? { name: 'certificate', state: 'warn', found, hint: 'renew it: when it is over, every exchange fails' }
    : pass('certificate', found)
}

function issuerCheck({ issuer, discovery }: IssuerFacts): Check {
  const named = 'json' in discovery ? discovery.json?.issuer : undefined
  if (named === issuer) return pass('issuer', 'the discovery document is for exactly this issuer')
  const found = typeof named === 'string' ? `\`${named.slice(0, 255)}\`` : 'nothing'
  return fail(
    'issuer',
    `the discovery document is for ${found}`,
    'a slash at the end, the case and the host count: all must be equal',
  )
}

function keysCheck(jwks: Answer): Check {
  const members = publishedMembers(jwks)
  const usable = members.filter(({ isUsable }) => isUsable)
  const dropped = members.filter(({ isUsable }) => !isUsable).map(({ keyId }) => `\`${keyId.slice(0, 60)}\``)
  if (usable.length === 0)
    return fail('keys', 'there is no key that STS could verify with', 'publish RSA of 2048 bits or P-256, with `kid`')
  const found = `${usable.length} usable: ${usable.map(({ keyId, algorithm }) => `${keyId} (${algorithm})`).join(', ')}`
  return dropped.length === 0
    ? pass('keys', found)
    : { name: 'keys', state: 'warn', found: `${found}; not usable: ${dropped.join(', ')}` }
}

function privateCheck(jwks: Answer): Check {
  const leaked = publishedMembers(jwks).filter(({ hasPrivateMember }) => hasPrivateMember)
  return leaked.length === 0
    ? pass('private', 'public halves alone')
    : fail('private', 'CRITICAL: a private key is published', 'replace the key at once: whoever read it mints tokens')
}

function headersCheck(name: string, answer: Answer, types: readonly string[]): Check {
  if ('failure' in answer) return unfetched(name, answer.failure)
  const { contentType = 'none', cacheControl } = answer.fetched
  const found = `${contentType}; ${cacheControl ?? 'no Cache-Control'}`
  const isTyped = types.includes(contentType.split(';')[0]?.trim() ?? '')
  if (isTyped && cacheControl !== undefined) return pass(name, found)
  return { name, state: 'warn', found, hint: `serve it as ${types[0]}, with Cache-Control: public, max-age=3600` }
}

/** Failures that may be ours alone: whether STS gets through cannot be told from here. */
const OURS: ReadonlySet<FetchReason> = new Set(['unreachable', 'unresolvable', 'timeout'])

function unfetched(
  name: string,
  failure: { readonly reason: FetchReason; readonly message: string; readonly detail?: string; readonly hint?: string },
): Check {
  const found = failure.detail === undefined ? failure.message : `${failure.message} (${failure.detail})`
  const state = OURS.has(failure.reason) ? 'unknown' : 'fail'
  return { name, state, found, ...(failure.hint === undefined ? {} : { hint: failure.hint }) }
}

async function compareWith(directory: string | undefined, { jwks }: IssuerFacts): Promise<readonly Check[]> {
  if (directory === undefined) return []
  const state = await openKeyStore(directory).read()
  if (jwks === undefined || 'failure' in jwks) return []
  const known = new Set([...state.keys, ...state.retired].map(({ keyId }) => keyId))
  const foreign = findForeignKeys(Buffer.from(jwks.fetched.body).toString('utf8'), known)
  if (foreign.length > 0) {
    const hint = 'find out who may write there: whoever put it mints tokens for every role that trusts the issuer'
    return [fail('directory', `CRITICAL: a key is published that is not of this issuer: ${foreign.join(', ')}`, hint)]
  }
  const published = new Set(publishedMembers(jwks).map(({ keyId }) => keyId))
  const missing = publishableKeys(state).filter(({ keyId }) => !published.has(keyId))
  return missing.length === 0
    ? [pass('directory', 'the published keys are those of the directory')]
    : [
        fail(
          'directory',
          `not published: ${missing.map(({ keyId }) => keyId).join(', ')}`,
          'run `openirsa issuer publish`',
        ),
      ]
}

const pass = (name: string, found: string): Check => ({ name, state: 'pass', found })
const fail = (name: string, found: string, hint?: string): Check => ({
  name,
  state: 'fail',
  found,
  ...(hint === undefined ? {} : { hint }),
})
