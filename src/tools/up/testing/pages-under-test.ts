import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DenialRecord } from '../../../cloud/denials/index.ts'
import { createKeyRing } from '../../../cluster/issuer/index.ts'
import { createObjects, type Objects } from '../../../cluster/objects/index.ts'
import { instant, Secret } from '../../../core/index.ts'
import { systemClock, systemRandomness, writePrivateFile } from '../../../io/host/index.ts'
import { dataDirectoryPaths, takeLock, writeAdministrators, writeFacts } from '../../../io/installation/index.ts'
import { openSqliteStore } from '../../../io/store/index.ts'
import { createTrail } from '../../../io/trail/index.ts'
import type { IssuerUrl } from '../../../standards/oidc/index.ts'
import type { Cluster } from '../clusters.ts'
import { createOwnPages } from '../own-pages.ts'

export const CONTROL_TOKEN = 'the-control-token-of-this-test'
export const ISSUER = 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF'

/** A data directory whose installation is this process: own pages and objects are real, AWS's APIs are not there. */
export interface PagesUnderTest {
  readonly dataDirectory: string
  readonly endpoint: string
  readonly objects: Objects
  /** Bodies of what was minted, oldest first. */
  readonly minted: readonly { readonly audiences: readonly string[]; readonly expirationSeconds: number }[]
  /** Tokens that are minted from now on live so long, whatever is asked for. */
  setLife(milliseconds: number): void
  deny(denial: DenialRecord): void
  close(): Promise<void>
}

export async function openPages(): Promise<PagesUnderTest> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'openirsa-pages-'))
  const paths = dataDirectoryPaths(dataDirectory)
  const store = await openSqliteStore(':memory:')
  const objects = await createObjects({ store, clock: systemClock, randomness: systemRandomness })
  const trail = createTrail({ store, clock: systemClock })
  const denials: DenialRecord[] = []
  const minted: { audiences: readonly string[]; expirationSeconds: number }[] = []
  let life = 3_600_000
  const ring = createKeyRing('ES256')
  const local: Cluster = {
    objects,
    mint: async (ref, audiences, expirationSeconds) => {
      minted.push({ audiences, expirationSeconds })
      return { token: `token-${minted.length}-of-${ref.namespace}/${ref.name}`, expiresAt: instant(Date.now() + life) }
    },
  }
  const pages = createOwnPages({
    version: '9.9.9',
    token: new Secret(CONTROL_TOKEN),
    clusters: { local, find: async (name) => (name === undefined ? local : undefined) },
    findIssuer: (id) => (id === ISSUER.slice(-32) ? { url: ISSUER as IssuerUrl, ring } : undefined),
    findDenial: async (id) => denials.find((denial) => denial.id === id),
    findNewestDenial: async () => denials.at(-1),
    listTrail: trail.list,
    organizationOf: () => undefined,
    knownClusters: {
      list: () => [],
      add: () => Promise.reject(new Error('none')),
      remove: () => Promise.reject(new Error('none')),
    },
  })
  const server = createServer((request, response) => {
    void pages.answer(request, response).then((isOwn) => {
      if (!isOwn) response.writeHead(404).end('not ours')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const account = '000000000000'
  await writePrivateFile(paths.controlToken, CONTROL_TOKEN)
  await writeFacts(dataDirectory, {
    endpoint,
    httpsEndpoint: endpoint.replace('http:', 'https:'),
    caFile: join(paths.certificates, 'ca.pem'),
    issuer: ISSUER,
    account,
    accounts: [account],
    region: 'us-east-1',
    pid: process.pid,
  })
  await writeAdministrators(dataDirectory, [
    { account, accessKeyId: 'AKIAADMINISTRATOR234', secretAccessKey: "it's/a+secret" },
  ])
  const lock = takeLock(paths.lock)
  return {
    dataDirectory,
    endpoint,
    objects,
    minted,
    setLife: (milliseconds) => {
      life = milliseconds
    },
    deny: (denial) => void denials.push(denial),
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await store.close()
      lock.release()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** Makes a service account known, with these annotations below `eks.amazonaws.com/`. */
export async function applyServiceAccount(
  objects: Objects,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const named = Object.entries(annotations).map(([word, value]) => [`eks.amazonaws.com/${word}`, value])
  await objects.applyManifest([
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'orders', namespace: 'default', annotations: Object.fromEntries(named) },
    },
  ])
}

export const DENIAL: DenialRecord = {
  id: 'abcdefghijklmn23',
  time: '2026-03-01T12:00:00.000Z',
  requestId: '6ad0c1f8-0f0f-4e3c-9d4e-4c1e5a1b2c3d',
  account: '000000000000',
  service: 'sts',
  operation: 'AssumeRoleWithWebIdentity',
  region: 'us-east-1',
  sourceIp: '127.0.0.1',
  answer: {
    status: 403,
    code: 'AccessDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  },
  code: 'IRSA301',
  name: 'trust-sub',
  awsCode: 'AccessDenied',
  action: 'sts:AssumeRoleWithWebIdentity',
  resource: 'arn:aws:iam::000000000000:role/orders',
  principal: 'system:serviceaccount:default:other',
  rung: 'trust',
  ladder: [
    { rung: 'token', state: 'passed', note: 'system:serviceaccount:default:other' },
    { rung: 'trust', state: 'broken', note: 'does not allow it' },
    { rung: 'session', state: 'not reached' },
    { rung: 'endpoint', state: 'absent' },
  ],
  wanted: ['system:serviceaccount:default:orders'],
  got: ['system:serviceaccount:default:other'],
  differsAt: 31,
  nearest: ['Allow statement 1: StringEquals …:sub does not match'],
  fix: 'run the pod as default/orders',
  summary: 'The trust policy knows this issuer, but expects another service account.',
}
