/** kube-apiserver with our external signer: moved over from key files, rotated under load, its signer killed, two of them over one store. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKeyStore } from '../../src/cluster/key-store/index.ts'
import { instant } from '../../src/core/index.ts'
import { systemClock, systemRandomness } from '../../src/io/host/index.ts'
import { mintAuthority, mintServer } from '../../src/io/http/mint-certificate.ts'
import { listKeys, retireKeys, rotateKeys } from '../../src/tools/keys/index.ts'
import { createProvider, createRole, exchange, trust } from '../wire/circle.ts'
import { type InstallationUnderTest, openInstallation } from '../wire/installation.ts'
import { type ApiServer, startApiServer } from './harness/api-server.ts'
import { type ControlPlane, describeWithApiServer, eventually, startControlPlane } from './harness/index.ts'
import { freePorts } from './harness/ports.ts'
import { type Server, startServer } from './harness/process.ts'
import { isAccepted, makeServiceAccount, requestToken, type Token } from './tokens.ts'

const COMMAND = join(import.meta.dirname, '../../dist/cli/main.js')
const HOST = 'oidc.signer.test'
const ISSUER = `https://${HOST}/cluster`
const EXISTING = 'https://kubernetes.default.svc.cluster.local'
const AUDIENCE = 'sts.amazonaws.com'
const SUBJECT = 'system:serviceaccount:shop:orders'
const EXCHANGES_PER_SECOND = 100
const REVIEW_PAUSE_MILLISECONDS = 100
/** The cloud half keeps a JWKS for a minute at least. */
const STS_CACHE_SECONDS = 65
const KEYS_HOST = { clock: systemClock }

describeWithApiServer('a real kube-apiserver with our external signer', () => {
  let cluster: ControlPlane
  let first: ApiServer
  let second: ApiServer
  let at: InstallationUnderTest
  let signer: Server
  let directory: string
  let site: Server
  const before: string[] = []

  const start = (name: string, ...words: readonly string[]): Server =>
    startServer(cluster.place, name, [process.execPath, COMMAND, ...words])
  const socketOf = (name: string): string => join(cluster.place.directory, `${name}.sock`)
  const startSigner = (name: string): Server =>
    start(name, 'serve', 'issuer', '--dir', directory, '--signer', `unix:${socketOf(name)}`, '--instance', name)
  const answering = (name: string) => eventually(`the signer ${name}`, () => answers(socketOf(name)))

  const startApi = (signerName: string, port: number): Promise<ApiServer> =>
    startApiServer({
      place: cluster.place,
      bin: cluster.bin,
      etcd: cluster.etcd,
      port,
      issuer: ISSUER,
      secrets: cluster.secrets,
      signer: socketOf(signerName),
      flags: [
        `--service-account-issuer=${EXISTING}`,
        `--api-audiences=${EXISTING}`,
        `--service-account-jwks-uri=${ISSUER}/keys.json`,
      ],
    })

  beforeAll(async () => {
    // As it was: key files, another issuer, a token in a pod's hands.
    cluster = await startControlPlane({ issuer: EXISTING, controllers: [] })
    await makeServiceAccount(cluster.apiServer)
    before.push((await requestToken(cluster.apiServer, [EXISTING])).text)
    directory = join(cluster.place.directory, 'issuer')
    const port = Number(new URL(cluster.apiServer.url).port)
    // The commands of the guide, one after the other.
    await cluster.mustRun([
      process.execPath,
      COMMAND,
      'issuer',
      'init',
      '--issuer',
      ISSUER,
      '--dir',
      directory,
      '--signer',
      '--existing-key',
      cluster.secrets.signingKeyFile,
      '--existing-issuer',
      EXISTING,
      '--sts-cache',
      `${STS_CACHE_SECONDS}s`,
      '--max-age',
      '60s',
      '--refresh-hint',
      '5s',
    ])
    const { ca, httpsPort } = await serveDocuments()
    signer = startSigner('signer-a')
    startSigner('signer-b')
    await Promise.all([answering('signer-a'), answering('signer-b')])
    await cluster.apiServer.stop()
    first = await startApi('signer-a', port)
    const [secondPort = 0] = await freePorts(1)
    second = await startApi('signer-b', secondPort)
    at = await openInstallation({
      allowPrivateIssuers: [HOST],
      network: {
        lookup: async () => ['127.0.0.1'],
        connect: () => connect({ host: '127.0.0.1', port: httpsPort }),
        authorities: [ca],
      },
    })
    await createProvider(at, ISSUER, {})
    await createRole(at, { name: 'orders', trust: [trust({ issuer: ISSUER, subject: SUBJECT })] })
  }, 180_000)

  afterAll(async () => {
    await at?.close()
    await second?.stop()
    await first?.stop()
    await cluster?.stop()
  }, 60_000)

  /** Own HTTPS, with a certificate of a private authority for the issuer's name. */
  async function serveDocuments(): Promise<{ readonly ca: string; readonly httpsPort: number }> {
    const times = {
      notBefore: instant(Date.now() - 3_600_000),
      notAfter: instant(Date.now() + 86_400_000),
      randomness: systemRandomness,
    }
    const authority = await mintAuthority({ commonName: 'authority of the test', ...times })
    const leaf = await mintServer(authority, [HOST], { commonName: HOST, ...times })
    const tls = join(cluster.place.directory, 'tls')
    mkdirSync(tls, { mode: 0o700 })
    writeFileSync(join(tls, 'cert.pem'), leaf.cert + authority.cert)
    writeFileSync(join(tls, 'key.pem'), leaf.key, { mode: 0o600 })
    const [httpsPort = 0] = await freePorts(1)
    site = start(
      'site',
      'serve',
      'issuer',
      '--dir',
      directory,
      '--https',
      `127.0.0.1:${httpsPort}`,
      '--tls-cert',
      join(tls, 'cert.pem'),
      '--tls-key',
      join(tls, 'key.pem'),
    )
    const isPublished = async (): Promise<boolean> => {
      if (site.hasEnded()) throw new Error(site.log())
      return (await openKeyStore(directory).read()).publications.length > 0
    }
    await eventually('the documents', isPublished)
    return { ca: authority.cert, httpsPort }
  }

  const exchanged = async (token: Token): Promise<number> =>
    (await exchange(at, { token: token.text, role: 'orders' })).status

  test('signs with our keys: AWS STS takes the token, and so does the API server', async () => {
    const [active] = (await listKeys(directory, KEYS_HOST)).keys
    const token = await requestToken(first, [AUDIENCE])
    expect(token.keyId).toBe(active?.keyId)
    expect(await exchanged(token)).toBe(200)
    expect(await isAccepted(first, await requestToken(first, []), ISSUER)).toBe(true)
  })

  test('goes on accepting what the key file signed, although it has that file no more', async () => {
    for (const text of before) {
      expect(await isAccepted(first, { text }, EXISTING)).toBe(true)
      expect(await isAccepted(second, { text }, EXISTING)).toBe(true)
    }
  })

  test('publishes in its own discovery what we publish', async () => {
    const { jwks_uri } = JSON.parse((await first.ask('/.well-known/openid-configuration')).text)
    expect(jwks_uri).toBe(`${ISSUER}/keys.json`)
    const { keys } = JSON.parse((await first.ask('/openid/v1/jwks')).text) as { keys: { kid: string }[] }
    const known = (await openKeyStore(directory).read()).keys.map(({ keyId }) => keyId)
    expect(keys.map(({ kid }) => kid).sort()).toEqual([...known].sort())
  })

  test('is rotated while pods exchange tokens without pause, and both API servers take each other’s tokens at every moment', async () => {
    const load = startLoad({ servers: () => [first, second], exchanged })
    await load.untilSeen(1)
    const rotate = (force = false) => rotateKeys({ directory, force, dryRun: false, restarted: false }, KEYS_HOST)
    const made = await rotate()
    expect(made.step).toBe('add')
    expect((await rotate()).step).toBe('wait')
    const next = await eventually(
      'the next key to be let sign',
      async () => {
        const outcome = await rotate()
        return outcome.step === 'activate' ? outcome.keyId : false
      },
      { limitMs: 150_000, everyMs: 1000 },
    )
    expect(next).toBe(made.keyId)
    await load.untilSeen(2)
    await new Promise((passed) => setTimeout(passed, 3000))
    const seen = await load.stop()
    console.log(
      `note: one rotation under load: ${seen.exchanges} exchanges (${seen.perSecond.toFixed(0)}/s), ${seen.failedExchanges} failed; ` +
        `${seen.reviews} tokens reviewed by both API servers, ${seen.refused} refused`,
    )
    expect(seen).toMatchObject({ failedExchanges: 0, refused: 0, failures: [] })
    expect(seen.keyIds).toContain(next)
    expect(seen.exchanges).toBeGreaterThan(500)
  }, 240_000)

  test('keeps the key before while its tokens live, and says until when', async () => {
    const { keys } = await listKeys(directory, KEYS_HOST)
    const old = keys.find(({ state, origin }) => state === 'retiring' && origin === 'made')
    expect(old?.retiresAt).toBeGreaterThan(Date.now() + 1000 * 1000)
    const outcome = await retireKeys({ directory, keyIds: [], force: false, dryRun: false }, KEYS_HOST)
    expect(outcome.retired).toEqual([])
  })

  test('with its signer killed for eight seconds: no exchange fails, no TokenRequest fails', async () => {
    const mounted = await requestToken(first, [AUDIENCE])
    let [exchanges, failed, isOver] = [0, 0, false]
    const exchanging = (async () => {
      while (!isOver) {
        exchanges += 1
        if ((await exchanged(mounted)) !== 200) failed += 1
        await new Promise((passed) => setTimeout(passed, 20))
      }
    })()
    await signer.kill()
    const asked = Array.from({ length: 5 }, async (_, at) => {
      await new Promise((passed) => setTimeout(passed, at * 1500))
      const began = performance.now()
      const { code, err } = await cluster.kubectl.try([
        'create',
        'token',
        'orders',
        '-n',
        'shop',
        `--audience=${AUDIENCE}`,
      ])
      return { code, err, ms: performance.now() - began }
    })
    await new Promise((passed) => setTimeout(passed, 8000))
    signer = startSigner('signer-a')
    const answers = await Promise.all(asked)
    isOver = true
    await exchanging
    const longest = Math.max(...answers.map(({ ms }) => ms))
    console.log(
      `note: signer killed for 8 s: ${exchanges} exchanges, ${failed} failed; longest delay of a TokenRequest ${(longest / 1000).toFixed(1)} s`,
    )
    expect(failed).toBe(0)
    expect(answers.map(({ code, err }) => ({ code, err }))).toEqual(answers.map(() => ({ code: 0, err: '' })))
  })

  test('restarted, signs and accepts as before', async () => {
    const token = await requestToken(first, [])
    await first.restart()
    expect(await isAccepted(first, token, ISSUER)).toBe(true)
    expect(await exchanged(await requestToken(first, [AUDIENCE]))).toBe(200)
  })
})

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

interface Seen {
  readonly exchanges: number
  readonly failedExchanges: number
  readonly perSecond: number
  readonly reviews: number
  readonly refused: number
  readonly keyIds: readonly string[]
  readonly failures: readonly string[]
}

/** Two loops: tokens of both API servers are reviewed by both, and exchanged a hundred times a second, the newest ones. */
function startLoad({
  servers,
  exchanged,
}: {
  servers(): readonly ApiServer[]
  exchanged(token: Token): Promise<number>
}) {
  const began = performance.now()
  const keyIds = new Set<string>()
  const failures: string[] = []
  const newest = new Map<number, Token>()
  let [exchanges, failedExchanges, reviews, refused, isOver] = [0, 0, 0, 0, false]
  const tell = (failure: unknown): void => void failures.push(String(failure))

  const reviewing = (async () => {
    while (!isOver) {
      for (const [at, server] of servers().entries()) {
        newest.set(at, await requestToken(server, [AUDIENCE]))
        keyIds.add(newest.get(at)?.keyId ?? '')
        const own = await requestToken(server, [ISSUER])
        for (const other of servers()) {
          reviews += 1
          if (!(await isAccepted(other, own, ISSUER))) refused += 1
        }
      }
      // Without a rest, two API servers and two signers leave the exchanges no processor for their own rate.
      await new Promise((passed) => setTimeout(passed, REVIEW_PAUSE_MILLISECONDS))
    }
  })().catch(tell)

  const pending = new Set<Promise<void>>()
  const one = async (): Promise<void> => {
    const token = newest.get(exchanges % 2)
    if (token === undefined) return
    exchanges += 1
    if ((await exchanged(token)) !== 200) failedExchanges += 1
  }
  // What a slow moment has left out is made up for: as many as there should have been by now, at most fifty at once.
  const ticking = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * EXCHANGES_PER_SECOND
    while (exchanges < due && pending.size < 50 && newest.size === 2) {
      const asked = one().catch(tell)
      pending.add(asked)
      void asked.then(() => pending.delete(asked))
    }
  }, 10)

  return {
    untilSeen: (count: number) =>
      eventually(`tokens of ${count} keys`, () => keyIds.size >= count, { limitMs: 60_000 }),
    stop: async (): Promise<Seen> => {
      isOver = true
      clearInterval(ticking)
      await reviewing
      await Promise.all(pending)
      const perSecond = exchanges / ((performance.now() - began) / 1000)
      return { exchanges, failedExchanges, perSecond, reviews, refused, keyIds: [...keyIds], failures }
    },
  }
}
