import { createPrivateKey, X509Certificate } from 'node:crypto'
import { ConfigError, type Instant, instant, Secret } from '../../core/index.ts'
import { type FileText, followFiles, type Log } from '../host/index.ts'

/** What the server shows. PEM both; `certificate` is the chain, the server's own first. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: Secret
}

/** Where the server's certificate comes from. */
export interface CertificateSource {
  /** Undefined: there is none yet. */
  current(): ServerCertificate | undefined
  /** Told of every new one from now on. Gives what ends the telling. */
  onChange(listener: (certificate: ServerCertificate) => void): () => void
  close(): Promise<void>
}

/** Of files: there was a pair from the start. */
export interface FileCertificates extends CertificateSource {
  current(): ServerCertificate
}

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface CertificateFilesHost {
  readonly log: Log
  /** The way out where there is no usable pair. */
  readonly hint: string
}

/**
 * Certificate and key in two files, read anew when they change. Halves that do not fit are the middle of a change: the old pair stays,
 * and so it does when they cannot be read any more.
 * @throws ConfigError when there is no usable pair at the start
 */
export async function createFileCertificates(
  files: CertificateFiles,
  { log, hint }: CertificateFilesHost,
): Promise<FileCertificates> {
  let current: ServerCertificate | undefined
  let fault = 'they were not read'
  const listeners = new Set<(certificate: ServerCertificate) => void>()
  const followed = followFiles({
    paths: [files.certificate, files.key],
    onTexts: ([certificate, key]) => {
      const found = readPair(files, certificate, key)
      if (typeof found === 'string') {
        fault = found
        if (current !== undefined) log.warn({ reason: found }, 'the certificate files are unusable; the old pair stays')
        return
      }
      if (current !== undefined) log.info({ notAfter: renderNotAfter(found) }, 'the certificate has changed')
      current = found
      for (const listener of listeners) listener(found)
    },
  })
  await followed.refresh()
  const first: ServerCertificate | undefined = current
  if (first === undefined) {
    followed.close()
    throw new ConfigError(`no certificate: ${fault}`, { hint })
  }
  return {
    current: () => current ?? first,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => followed.close(),
  }
}

/** When the first certificate of the chain ends; undefined when it cannot be read. */
export function notAfterOf({ certificate }: ServerCertificate): Instant | undefined {
  try {
    return instant(Date.parse(new X509Certificate(certificate).validTo))
  } catch {
    return undefined
  }
}

function renderNotAfter(certificate: ServerCertificate): string {
  const at = notAfterOf(certificate)
  return at === undefined ? 'unknown' : new Date(at).toISOString()
}

/** The pair, or why it is none. */
function readPair(files: CertificateFiles, certificate: FileText, key: FileText): ServerCertificate | string {
  if (typeof certificate !== 'string') return `\`${files.certificate}\` cannot be read`
  if (typeof key !== 'string') return `\`${files.key}\` cannot be read`
  try {
    const isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
    if (!isPair) return `the key in \`${files.key}\` is not that of the certificate in \`${files.certificate}\``
  } catch {
    return `\`${files.certificate}\` and \`${files.key}\` are not a certificate and its key in PEM`
  }
  return { certificate, key: new Secret(key) }
}
