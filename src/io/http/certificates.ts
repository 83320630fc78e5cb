import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import {
  type Clock,
  ConfigError,
  type Instant,
  instant,
  plusSeconds,
  type Randomness,
  seconds,
} from '../../core/index.ts'
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from '../host/index.ts'
import { mintAuthority, mintServer, type Signer } from './mint-certificate.ts'

export interface CertificateOptions {
  /** Of the certificates alone; made for its owner alone (0700) when there is none. */
  readonly directory: string
  /** IP addresses or host names beside those of loopback, which are always named. */
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly randomness: Randomness
}

export interface Certificates {
  /** The authority's certificate, PEM; public (0644). */
  readonly caFile: string
  /** The server's private key, PEM. */
  readonly key: string
  /** The server's certificate, then the authority's, PEM. */
  readonly cert: string
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'] as const
const DAY = 24 * 3600
const AUTHORITY_DAYS = 3650
/** SPEC: CA/Browser Forum Baseline Requirements §6.3.2 allow 398 days; some clients refuse longer lives even of own authorities. */
const SERVER_DAYS = 397
/** For clients whose clocks are late. */
const BACKDATED_SECONDS = 3600
/** Renewed when so much of a life is over. An authority outlives what it signs: a third of its life is longer than a server's. */
const RENEW_AFTER = 2 / 3

const FILES = { authority: 'authority.pem', caFile: 'ca.crt', server: 'server.pem' } as const
const PUBLIC_FILE = 0o644

/**
 * Certificates for serving HTTPS, of an authority of this installation's own; made, renewed and completed as needed.
 * One process at a time: its callers hold the installation's lock. A key and its certificate are one file, so that a
 * crash cannot part them.
 * @throws ConfigError when the files are open to others or damaged, or an address is neither an IP address nor a host name
 */
export async function ensureCertificates(options: CertificateOptions): Promise<Certificates> {
  const { directory } = options
  const hosts = planHosts(options.addresses)
  await ensurePrivateDirectory(directory)
  const authority = await ensureAuthority(options)
  const caFile = join(directory, FILES.caFile)
  if ((await readIfThere(caFile)) !== authority.cert) {
    await writePrivateFile(caFile, authority.cert, { mode: PUBLIC_FILE })
  }
  const server = await ensureServer(options, authority, hosts)
  return { caFile, key: server.key, cert: server.cert + authority.cert }
}

/** Each host once. An IPv6 zone is this machine's own word, and no part of an address in a certificate. */
function planHosts(addresses: readonly string[]): readonly string[] {
  const hosts = [...LOOPBACK, ...addresses].map((address) => address.replace(/%.*$/s, '').toLowerCase())
  for (const host of hosts) {
    if (isIP(host) !== 0 || isHostName(host)) continue
    throw new ConfigError(`no certificate can name \`${host}\`: expected an IP address or a host name`, {
      hint: 'give an address of this machine with `--listen`',
    })
  }
  return [...new Set(hosts)]
}

/** SPEC: RFC 1123 §2.1; a name of digits alone would be read as an address. */
function isHostName(text: string): boolean {
  const labels = text.split('.')
  const areLabels = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  return areLabels && text.length <= 253 && !/^\d+$/.test(labels.at(-1) ?? '')
}

async function ensureAuthority({ directory, clock, randomness }: CertificateOptions): Promise<Signer> {
  const path = join(directory, FILES.authority)
  const now = clock.now()
  if (existsSync(path)) {
    // Those who trust the old one would be surprised by another: what is damaged is told, not replaced.
    const kept = splitPair(await readPrivateFile(path), path)
    if (!isDue(new X509Certificate(kept.cert), now)) return kept
  }
  const made = await mintAuthority({
    ...lifeOf(now, AUTHORITY_DAYS),
    commonName: `openirsa authority ${Buffer.from(randomness.bytes(4)).toString('hex')}`,
    randomness,
  })
  await writePrivateFile(path, made.key + made.cert)
  return made
}

async function ensureServer(
  { directory, clock, randomness }: CertificateOptions,
  authority: Signer,
  hosts: readonly string[],
): Promise<Signer> {
  const path = join(directory, FILES.server)
  const now = clock.now()
  if (existsSync(path)) {
    const kept = splitPair(await readPrivateFile(path), path)
    if (isUsable(new X509Certificate(kept.cert), new X509Certificate(authority.cert), { hosts, now })) return kept
  }
  const made = await mintServer(authority, hosts, { ...lifeOf(now, SERVER_DAYS), commonName: 'openirsa', randomness })
  await writePrivateFile(path, made.key + made.cert)
  return made
}

function isUsable(
  certificate: X509Certificate,
  authority: X509Certificate,
  { hosts, now }: { readonly hosts: readonly string[]; readonly now: Instant },
): boolean {
  if (isDue(certificate, now)) return false
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return false
  return hosts.every((host) => names(certificate, host))
}

function names(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined
  return certificate.checkHost(host, { subject: 'never', wildcards: false }) !== undefined
}

/** Whether it is time for another; also when the clock was set back to before it. */
function isDue(certificate: X509Certificate, now: Instant): boolean {
  const from = Date.parse(certificate.validFrom)
  const to = Date.parse(certificate.validTo)
  return now < from || now >= from + (to - from) * RENEW_AFTER
}

function lifeOf(now: Instant, days: number): { readonly notBefore: Instant; readonly notAfter: Instant } {
  // Certificates know whole seconds.
  const notBefore = plusSeconds(instant(Math.floor(now / 1000) * 1000), seconds(-BACKDATED_SECONDS))
  return { notBefore, notAfter: plusSeconds(notBefore, seconds(days * DAY)) }
}

const CERTIFICATE_BEGINS = '-----BEGIN CERTIFICATE-----'

/** @throws ConfigError when the text is not a key and its certificate */
function splitPair(text: string, path: string): Signer {
  const at = text.indexOf(CERTIFICATE_BEGINS)
  const pair = { key: text.slice(0, Math.max(at, 0)), cert: text.slice(Math.max(at, 0)) }
  try {
    const key: KeyObject = createPrivateKey(pair.key)
    if (!new X509Certificate(pair.cert).checkPrivateKey(key)) throw new Error('the key is of another certificate')
    return pair
  } catch (cause) {
    // OpenSSL's words may quote the file, which holds a key.
    throw new ConfigError(`\`${path}\` is damaged: expected a private key and its certificate`, {
      hint: 'restore it from a backup, or remove it: another is made at the next start, which clients must be told to trust',
      ...(cause instanceof Error && 'code' in cause ? { detail: String(cause.code) } : {}),
    })
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return existsSync(path) ? readFile(path, 'utf8') : undefined
}
