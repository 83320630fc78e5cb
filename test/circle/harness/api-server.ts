import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { eventually, Hopeless } from './eventually.ts'
import type { Place } from './place.ts'
import { type Server, startServer } from './process.ts'
import type { ControlPlaneSecrets } from './secrets.ts'

export interface ApiServer {
  readonly url: string
  readonly certificateAuthority: string
  ask(path: string, question?: Question): Promise<ApiAnswer>
  restart(): Promise<void>
  stop(): Promise<void>
  log(): string
}

export interface ApiServerParts {
  readonly place: Place
  readonly bin: string
  readonly etcd: string
  readonly port: number
  readonly issuer: string
  readonly secrets: ControlPlaneSecrets
  /** A socket of an external signer, instead of the key files. */
  readonly signer: string | undefined
  readonly flags: readonly string[]
}

const READY_LIMIT_MS = 120_000
/** It waits a minute for those who watch; whoever restarts one in earnest does not wait so long either. */
const STOP_LIMIT_MS = 2000

export async function startApiServer(parts: ApiServerParts): Promise<ApiServer> {
  const { place, port, secrets } = parts
  const certificateAuthority = join(place.directory, 'certs', 'apiserver.crt')
  const askServer = (path: string, question: Question = {}): Promise<ApiAnswer> =>
    ask(place, { port, certificateAuthority, token: secrets.tokens.admin, path, ...question })
  const launch = async (): Promise<Server> => {
    const server = startServer(place, 'kube-apiserver', wordsOf(parts))
    const probe = async (): Promise<boolean> => {
      if (server.hasEnded()) throw new Hopeless(`kube-apiserver has ended:\n${server.log()}`)
      return (await askServer('/readyz')).text === 'ok'
    }
    await eventually('a ready API server', probe, { limitMs: READY_LIMIT_MS })
    return server
  }
  let server = await launch()
  return {
    url: `https://${place.address}:${port}`,
    certificateAuthority,
    ask: askServer,
    log: () => server.log(),
    stop: () => server.stop(STOP_LIMIT_MS),
    restart: async () => {
      await server.stop(STOP_LIMIT_MS)
      server = await launch()
    },
  }
}

function wordsOf({ place, bin, etcd, port, issuer, secrets, signer, flags }: ApiServerParts): readonly string[] {
  const signing =
    signer === undefined
      ? [
          `--service-account-key-file=${secrets.publicKeyFile}`,
          `--service-account-signing-key-file=${secrets.signingKeyFile}`,
        ]
      : [`--service-account-signing-endpoint=${signer}`]
  return [
    join(bin, 'kube-apiserver'),
    `--etcd-servers=${etcd}`,
    `--secure-port=${port}`,
    // On a node, the pods' rewritten connections arrive for whatever address they were sent to.
    `--bind-address=${place.address === '127.0.0.1' ? place.address : '0.0.0.0'}`,
    `--advertise-address=${place.address}`,
    `--cert-dir=${join(place.directory, 'certs')}`,
    `--service-account-issuer=${issuer}`,
    `--api-audiences=${issuer}`,
    ...signing,
    `--token-auth-file=${secrets.tokensFile}`,
    '--authorization-mode=Node,RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    // Nothing here does kube-proxy's work: this makes it dial a Service's endpoints itself, a webhook's too.
    '--enable-aggregator-routing=true',
    '--kubelet-preferred-address-types=InternalIP',
    // The Service `kubernetes` must not lead to a loopback address.
    ...(place.address === '127.0.0.1' ? ['--endpoint-reconciler-type=none'] : []),
    ...flags,
  ]
}

export interface Question {
  readonly method?: string
  readonly body?: unknown
  readonly contentType?: string
  readonly token?: string
}

export interface ApiAnswer {
  readonly status: number
  readonly text: string
}

interface Asked extends Question {
  readonly port: number
  readonly certificateAuthority: string
  readonly path: string
}

function ask(place: Place, { port, certificateAuthority, path, token, method, body, contentType }: Asked) {
  const ca = readFileSync(certificateAuthority)
  const agent = new Agent()
  // Made by the server for its own address, whichever way it is reached from here.
  agent.createConnection = () => connectTls({ socket: place.connect(port), ca, servername: 'kubernetes.default.svc' })
  return new Promise<ApiAnswer>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    }
    const asking = request({ agent, path, method: method ?? 'GET', headers, timeout: 10_000 }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }))
      answer.on('error', reject)
    })
    asking.on('timeout', () => asking.destroy(new Error(`no answer to ${path}`)))
    asking.on('error', reject)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
