import { createHash } from 'node:crypto'
import { request } from 'node:https'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { type KeyStore, openKeyStore } from '../../cluster/key-store/index.ts'
import { createHostedPublisher, type FetchedDocument, type HostedPublisher } from '../../cluster/publish/index.ts'
import { ConfigError } from '../../core/index.ts'
import {
  createFileCertificates,
  type FileCertificates,
  type Listener,
  listen,
  type ServerCertificate,
} from '../../io/http/index.ts'
import type { ServingHost } from './model.ts'
import { publishTo } from './publish.ts'

export interface ServeOptions {
  readonly directory: string
  readonly signer?: SignerOptions
  readonly https?: HttpsOptions
  /** The name under which the signer reports; default made of this host and the socket, the same after a restart. */
  readonly instance?: string
}

export interface SignerOptions {
  readonly path: string
  readonly mode: number
  readonly groupId?: number
}

export interface HttpsOptions {
  readonly address: string
  /** 0 picks a free one. */
  readonly port: number
  /** PEM. Both files are read again when they change. */
  readonly keyFile: string
  /** PEM: the certificate, then those above it. */
  readonly certificateFile: string
}

export interface ServedIssuer {
  readonly issuer: string
  readonly signer?: { readonly socket: string; readonly instance: string; readonly refuses: string | undefined }
  readonly https?: { readonly address: string; readonly port: number }
  close(): Promise<void>
}

/**
 * Runs the issuer: as kube-apiserver's external signer, as an HTTPS server of its documents, or both.
 * @throws ConfigError, KeyStoreError when it cannot start
 */
export async function serveIssuer(options: ServeOptions, host: ServingHost): Promise<ServedIssuer> {
  const { signer, https } = options
  if (signer === undefined && https === undefined)
    throw new ConfigError('there is nothing to serve', {
      hint: 'give --signer unix:PATH, --https ADDRESS:PORT, or both',
    })
  const store = openKeyStore(resolve(options.directory))
  const { issuer } = await store.read()
  const open: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (let one = open.pop(); one !== undefined; one = open.pop()) await one()
  }
  try {
    const web = https === undefined ? undefined : await serveDocuments(store, https, host)
    if (web !== undefined) open.push(web.close)
    const signing = signer === undefined ? undefined : await serveSigning(store, { ...options, signer }, host)
    if (signing !== undefined) open.push(signing.close)
    return {
      issuer,
      ...(signing === undefined ? {} : { signer: signing }),
      ...(web === undefined ? {} : { https: web }),
      close,
    }
  } catch (failure) {
    await close()
    throw failure
  }
}

async function serveSigning(
  store: KeyStore,
  { signer: { path, mode, groupId }, instance = instanceOf(path) }: ServeOptions & { readonly signer: SignerOptions },
  { clock, log }: ServingHost,
) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(instance))
    throw new ConfigError(
      `--instance: expected letters, digits, \`.\`, \`_\` and \`-\`, found \`${instance.slice(0, 100)}\``,
    )
  const { openSigner, serveSigner } = await import('../../cluster/signer/index.ts')
  const signer = await openSigner({ store, instance, clock, log })
  const access = groupId === undefined ? { mode } : { mode, groupId }
  try {
    const server = await serveSigner(signer, { path, access, log })
    const close = async (): Promise<void> => {
      await server.close()
      signer.close()
    }
    return { socket: path, instance, refuses: signer.readiness(), close }
  } catch (failure) {
    signer.close()
    throw failure
  }
}

/** This host's name and the socket's, so that two signers on one host are two. */
function instanceOf(path: string): string {
  const socket = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 8)
  return `${
    hostname()
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 80) || 'host'
  }-${socket}`
}

const POLL_MILLISECONDS = 1000

const renderTls = ({ certificate, key }: ServerCertificate) => ({ cert: certificate, key: key.reveal() })

async function serveDocuments(store: KeyStore, https: HttpsOptions, host: ServingHost) {
  const files = { certificate: https.certificateFile, key: https.keyFile }
  const certificates = await createFileCertificates(files, {
    log: host.log,
    hint: 'name the files with --tls-cert and --tls-key',
  })
  try {
    return await serveOver(certificates, { store, https, host })
  } catch (failure) {
    await certificates.close()
    throw failure
  }
}

interface ServingParts {
  readonly store: KeyStore
  readonly https: HttpsOptions
  readonly host: ServingHost
}

async function serveOver(certificates: FileCertificates, { store, https: { address, port }, host }: ServingParts) {
  const { issuer } = await store.read()
  const { pathname, hostname: name } = new URL(issuer)
  let publisher: HostedPublisher | undefined
  let tls = renderTls(certificates.current())
  const listener = await listen({
    port,
    addresses: [address],
    tls,
    onRequest: (incoming, response) => publisher?.answer(incoming, response),
    log: host.log,
  })
  certificates.onChange((certificate) => {
    tls = renderTls(certificate)
    listener.replaceCertificate(tls)
  })
  const target = `https://${address}:${listener.port}`
  publisher = createHostedPublisher({
    target,
    issuerPath: pathname.replace(/\/$/, ''),
    fetch: (path) => fetchBack(path, { address, port: listener.port, name, cert: tls.cert }),
  })
  const stop = await keepPublished(publisher, store, { host, listener })
  const close = async (): Promise<void> => {
    await certificates.close()
    await stop()
  }
  return { address, port: listener.port, close }
}

/** Publishes now, and again whenever the store was written. */
async function keepPublished(
  publisher: HostedPublisher,
  store: KeyStore,
  { host, listener }: { readonly host: ServingHost; readonly listener: Listener },
): Promise<() => Promise<void>> {
  let version = await store.readVersion()
  let isBusy = false
  const refresh = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    try {
      const found = await store.readVersion()
      if (found !== version) await publishTo(publisher, store, host)
      version = found
    } catch (failure) {
      host.log.error({ failure }, 'the documents could not be renewed: the older ones are served')
    } finally {
      isBusy = false
    }
  }
  try {
    await publishTo(publisher, store, host)
  } catch (failure) {
    await listener.close(0)
    throw failure
  }
  const timer = setInterval(() => void refresh(), POLL_MILLISECONDS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await listener.close(1)
  }
}

interface OwnPlace {
  readonly address: string
  readonly port: number
  readonly name: string
  readonly cert: string
}

const OWN_MILLISECONDS = 5000

/** From ourselves, over TLS: what others would get. The certificate is our own, so that it is asked for nothing but being that. */
function fetchBack(path: string, { address, port, name, cert }: OwnPlace): Promise<FetchedDocument | undefined> {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return new Promise((done, reject) => {
    const ca = cert.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
    const call = request(
      // The name is the certificate's to answer for; whether its times hold is for `issuer verify` to say.
      {
        host,
        port,
        path,
        servername: name,
        headers: { Host: name },
        ca,
        timeout: OWN_MILLISECONDS,
        agent: false,
        allowPartialTrustChain: true,
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const { 'content-type': contentType, 'cache-control': cacheControl } = answer.headers
          const body = Buffer.concat(parts).toString('utf8')
          done(answer.statusCode === 200 ? { body, contentType, cacheControl } : undefined)
        })
      },
    )
    call.on('timeout', () => call.destroy(new Error(`no answer within ${OWN_MILLISECONDS / 1000} s`)))
    call.on('error', (cause) =>
      reject(
        new ConfigError(`the documents cannot be read back from https://${address}:${port}: ${cause.message}`, {
          cause,
          hint: `the certificate must name \`${name}\`, with those above it in the file, and be valid now`,
        }),
      ),
    )
    call.end()
  })
}
