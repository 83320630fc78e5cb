import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instant } from '../../../core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../../io/host/index.ts'
import { createFileCertificates } from '../../../io/http/index.ts'
import { mintAuthority, mintServer, type Signer } from '../../../io/http/mint-certificate.ts'
import { createKube } from '../../../io/kube/index.ts'
import { DEFAULT_WEBHOOK_SETTINGS } from '../../webhook/index.ts'
import { startWebhookServer, type WebhookServer, type WebhookServerOptions } from '../start.ts'
import type { ClusterUnderTest } from './cluster-under-test.ts'

const DAY = 24 * 3600 * 1000

/** A certificate in files, by an authority of its own. */
export interface CertificateFilesUnderTest {
  readonly certificate: string
  readonly key: string
  readonly authority: string
  /** Another pair in their place. */
  replace(commonName: string): Promise<void>
  remove(): void
}

export async function writeCertificates(): Promise<CertificateFilesUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'openirsa-webhook-'))
  const [certificate, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')]
  const options = (commonName: string) => ({
    commonName,
    notBefore: instant(Date.now() - DAY),
    notAfter: instant(Date.now() + DAY),
    randomness: systemRandomness,
  })
  const authority: Signer = await mintAuthority(options('authority'))
  const replace = async (commonName: string): Promise<void> => {
    const { cert, key: pem } = await mintServer(authority, ['localhost', '127.0.0.1'], options(commonName))
    writeFileSync(certificate, cert)
    writeFileSync(key, pem)
  }
  await replace('first')
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  return { certificate, key, authority: authority.cert, replace, remove }
}

export interface ServerUnderTest {
  readonly server: WebhookServer
  readonly logged: Readonly<Record<string, unknown>>[]
  metrics(): Promise<string>
  close(): Promise<void>
}

/** The webhook in this process, over real TLS, in front of a cluster under test. */
export async function startServer(
  cluster: Pick<ClusterUnderTest, 'url'>,
  files: CertificateFilesUnderTest,
  more: Partial<WebhookServerOptions> = {},
): Promise<ServerUnderTest> {
  const logged: Readonly<Record<string, unknown>>[] = []
  const write = (line: string): void => void logged.push(JSON.parse(line) as Record<string, unknown>)
  const log = createLog({ level: 'debug', format: 'json', write })
  const kube = createKube(
    { server: cluster.url, trust: { kind: 'system' }, credentials: { kind: 'none' } },
    { clock: systemClock, randomness: systemRandomness, log, environment: {}, limits: { backoffMilliseconds: 50 } },
  )
  const certificates = await createFileCertificates(files, { log, hint: 'name them' })
  const server = await startWebhookServer(
    {
      settings: DEFAULT_WEBHOOK_SETTINGS,
      port: 0,
      metricsPort: 0,
      address: '127.0.0.1',
      tls: { minVersion: 'TLSv1.2' },
      lookupMilliseconds: 1000,
      recheckMilliseconds: 30_000,
      hasDebugPages: false,
      shutdownDelayMilliseconds: 0,
      ...more,
    },
    {
      kube,
      certificates,
      randomness: systemRandomness,
      host: { clock: systemClock, stopwatch: () => performance.now(), log, version: '0.0.0' },
    },
  )
  return {
    server,
    logged,
    metrics: async () => (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text(),
    close: async () => {
      await server.close()
      await certificates.close()
      await kube.close()
    },
  }
}

export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** Common name of the certificate that was shown. */
  readonly shownBy: string
}

export interface Sending {
  readonly port: number
  readonly authority: string
  readonly agent?: Agent
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export function ask(path: string, { port, authority, agent, method, headers, body }: Sending): Promise<Said> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        ca: authority,
        agent: agent ?? new Agent({ keepAlive: false }),
        headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      },
      (response) => {
        const { socket } = response as { socket: { getPeerCertificate?: () => { subject?: { CN?: string } } } }
        const shownBy = socket.getPeerCertificate?.().subject?.CN ?? ''
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, shownBy }),
        )
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

export interface Reviewed {
  readonly apiVersion?: string
  readonly response: {
    readonly uid: string
    readonly allowed: boolean
    readonly patch?: string
    readonly warnings?: readonly string[]
    readonly auditAnnotations?: Readonly<Record<string, string>>
    readonly status?: { readonly message: string }
  }
}

/** A review of a pod with one container, as an API server sends it. */
export const reviewOf = (account: string, more: Readonly<Record<string, unknown>> = {}): string => {
  const [namespace = '', name = ''] = account.split('/')
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u1',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace,
      operation: 'CREATE',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { generateName: 'web-' },
        spec: { serviceAccountName: name, containers: [{ name: 'main', image: 'x' }] },
      },
      ...more,
    },
  })
}

/** Sends a review and reads its answer. */
export async function review(body: string, sending: Omit<Sending, 'body'>): Promise<Reviewed> {
  const said = await ask('/mutate?timeout=10s', { ...sending, body })
  if (said.status !== 200) throw new Error(`status ${said.status}: ${said.body}`)
  return JSON.parse(said.body) as Reviewed
}

/** Asks until it holds, five seconds at most. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 10) {
    if (waited > 5000) throw new Error(`it never came to hold: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
