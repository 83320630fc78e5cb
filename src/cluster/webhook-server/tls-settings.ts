import { getCiphers, type SecureVersion } from 'node:tls'
import { ConfigError } from '../../core/index.ts'

export interface TlsSettings {
  readonly minVersion: SecureVersion
  /** OpenSSL's names, colons between them; undefined is Node's own list. */
  readonly ciphers?: string
}

/** As the flags have them: `1.2` or `VersionTLS12`, empty for 1.2. */
const VERSIONS: ReadonlyMap<string, SecureVersion> = new Map([
  ['', 'TLSv1.2'],
  ['1.0', 'TLSv1'],
  ['1.1', 'TLSv1.1'],
  ['1.2', 'TLSv1.2'],
  ['1.3', 'TLSv1.3'],
  ['VersionTLS10', 'TLSv1'],
  ['VersionTLS11', 'TLSv1.1'],
  ['VersionTLS12', 'TLSv1.2'],
  ['VersionTLS13', 'TLSv1.3'],
])

/** SPEC: IANA's TLS cipher suites that Go's crypto/tls names, by OpenSSL's names. */
const SUITES: ReadonlyMap<string, string> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_RC4_128_SHA', 'ECDHE-ECDSA-RC4-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'ECDHE-RSA-DES-CBC3-SHA'],
  ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', 'ECDHE-RSA-RC4-SHA'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
  ['TLS_RSA_WITH_RC4_128_SHA', 'RC4-SHA'],
])

/** Those of TLS 1.3 cannot be chosen, in Go neither: they may be named, and are always on. */
const TLS_13: readonly string[] = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

/**
 * What `--tls-min-version` and `--tls-cipher-suites` ask for.
 * @throws ConfigError for what this machine's TLS does not have
 */
export function parseTlsSettings(minVersion: string, cipherSuites: string): TlsSettings {
  const version = VERSIONS.get(minVersion)
  if (version === undefined)
    throw new ConfigError(
      `--tls-min-version: expected 1.0 to 1.3 or VersionTLS10 to VersionTLS13, found \`${minVersion.slice(0, 40)}\``,
    )
  const names = cipherSuites
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) return { minVersion: version }
  const chosen = names.filter((name) => !TLS_13.includes(name)).map(opensslName)
  // A list with nothing for TLS 1.2 leaves TLS 1.3 alone.
  if (chosen.length === 0) return { minVersion: 'TLSv1.3' }
  const fixed = TLS_13.join(':')
  return { minVersion: version, ciphers: `${fixed}:${[...new Set(chosen)].join(':')}` }
}

function opensslName(name: string): string {
  const known = SUITES.get(name)
  if (known !== undefined && getCiphers().includes(known.toLowerCase())) return known
  throw new ConfigError(`unsupported cipher suite: ${name.slice(0, 80)}`, {
    hint: 'name it as IANA does, such as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  })
}
