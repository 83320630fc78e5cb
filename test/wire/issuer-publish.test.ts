/** An issuer of one's own from the key to the exchange: in a bucket of the local cloud, and on a server of its own. */
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyStore } from '../../src/cluster/key-store/index.ts'
import { createHostedPublisher, createS3Publisher } from '../../src/cluster/publish/index.ts'
import { testPublisher } from '../../src/cluster/publish/publisher.contract.ts'
import { instant } from '../../src/core/index.ts'
import { createLog, systemClock, systemRandomness } from '../../src/io/host/index.ts'
import type { Network } from '../../src/io/http/index.ts'
import { mintAuthority, mintServer } from '../../src/io/http/mint-certificate.ts'
import { createObjectStore } from '../../src/io/object-store/index.ts'
import { mintToken } from '../../src/standards/oidc/index.ts'
import { initIssuer, publishTo, type ServedIssuer, serveIssuer, verifyIssuer } from '../../src/tools/issuer/index.ts'
import { rotateKeys } from '../../src/tools/keys/index.ts'
import { createProvider, createRole, exchange, POD, subjectOf, trust } from './circle.ts'
import { clientsOf } from './clients.ts'
import { usualClaims } from './forge.ts'
import { type InstallationUnderTest, openInstallation } from './installation.ts'

const HOST = 'oidc.own.test'
const ISSUER = `https://${HOST}/clusters/own`
const HOST_OF_ALL = { clock: systemClock }
const log = createLog({ level: 'silent', format: 'text', write: () => undefined })

let root: string
let at: InstallationUnderTest
let served: ServedIssuer
let network: Network
let directory: string
/** Puts another certificate in the place of the one that is served, and gives its serial number. */
let renewCertificate: () => Promise<string>

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'own-issuer-'))
  directory = join(root, 'issuer')
  await initIssuer({ directory, issuer: ISSUER, keyType: 'rsa', mode: 'signer' }, HOST_OF_ALL)
  const times = {
    notBefore: instant(Date.now() - 3_600_000),
    notAfter: instant(Date.now() + 90 * 86_400_000),
    randomness: systemRandomness,
  }
  const authority = await mintAuthority({ commonName: 'authority', ...times })
  renewCertificate = async () => {
    const leaf = await mintServer(authority, [HOST], { commonName: HOST, ...times })
    await writeFile(files.keyFile, leaf.key, { mode: 0o600 })
    await writeFile(files.certificateFile, leaf.cert + authority.cert)
    return new X509Certificate(leaf.cert).serialNumber
  }
  const files = { keyFile: join(root, 'tls.key'), certificateFile: join(root, 'tls.crt') }
  await renewCertificate()
  served = await serveIssuer(
    { directory, https: { address: '127.0.0.1', port: 0, ...files } },
    { clock: systemClock, log },
  )
  const port = served.https?.port ?? 0
  network = {
    lookup: async () => ['127.0.0.1'],
    connect: () => connect({ host: '127.0.0.1', port }),
    authorities: [authority.cert],
  }
  at = await openInstallation({ network, allowPrivateIssuers: [HOST] })
})
afterAll(async () => {
  await served.close()
  await at.close()
  await rm(root, { recursive: true, force: true })
})

const objectStore = async () => {
  const { accessKeyId, secretAccessKey } = at.administrator()
  return createObjectStore({
    endpoint: at.facts.endpoint,
    region: at.facts.region,
    credentials: { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
  })
}

let buckets = 0
testPublisher('a bucket of the local cloud, through the AWS SDK', async () => {
  buckets += 1
  const bucket = `issuers-${buckets}`
  await clientsOf(at).s3.send(new CreateBucketCommand({ Bucket: bucket }))
  return { publisher: createS3Publisher({ bucket, prefix: 'own' }, await objectStore()), close: async () => undefined }
})

test('a bucket that is not there is told with its way out', async () => {
  const publisher = createS3Publisher({ bucket: 'nobody-made-this', prefix: '' }, await objectStore())
  await expect(publisher.read({ path: 'keys.json' })).rejects.toMatchObject({
    message: expect.stringContaining('NoSuchBucket'),
    hint: expect.stringContaining('make the bucket first'),
  })
})

test('the documents in a bucket are read by everybody, by the policy that the plan writes, and nothing else is', async () => {
  const { s3 } = clientsOf(at)
  await s3.send(new CreateBucketCommand({ Bucket: 'public-issuer' }))
  // An issuer of its own: what is noted of this place is none of the others' business.
  const another = join(root, 'another')
  await initIssuer({ directory: another, issuer: `${ISSUER}-2`, keyType: 'ec', mode: 'signer' }, HOST_OF_ALL)
  const { writePlan } = await import('../../src/tools/issuer/index.ts')
  const outputDir = join(root, 'plan')
  const plan = await writePlan({
    directory: another,
    to: ['s3://public-issuer/own'],
    outputDir,
    region: 'us-east-1',
    isPrivate: false,
  })
  const name = plan.files.find((file) => file.endsWith('put-bucket-policy.json')) ?? ''
  await s3.send(new PutBucketPolicyCommand(JSON.parse(await readFile(join(outputDir, name), 'utf8'))))
  const publisher = createS3Publisher({ bucket: 'public-issuer', prefix: 'own' }, await objectStore())
  await publishTo(publisher, openKeyStore(another), HOST_OF_ALL)
  const get = (key: string) => fetch(`${at.facts.endpoint}/public-issuer/${key}`)
  const answer = await get('own/keys.json')
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'application/jwk-set+json',
    'public, max-age=3600',
  ])
  expect((await get('own/.well-known/openid-configuration')).status).toBe(200)
  expect((await get('')).status).toBe(403)
  expect(await s3.send(new GetObjectCommand({ Bucket: 'public-issuer', Key: 'own/keys.json' }))).toMatchObject({
    CacheControl: 'public, max-age=3600',
  })
})

describe('an issuer that serves itself over HTTPS', () => {
  test('is well in every check', async () => {
    const began = performance.now()
    const { checks, verdict } = await verifyIssuer(
      { issuer: ISSUER, allowPrivateHosts: [HOST], directory },
      { network, clock: systemClock },
    )
    const took = performance.now() - began
    console.log(`note: issuer verify of a local issuer took ${took.toFixed(0)} ms`)
    expect(checks.filter(({ state }) => state !== 'pass')).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual([
      'url',
      'tls',
      'certificate',
      'discovery',
      'discovery-headers',
      'issuer',
      'jwks-uri',
      'jwks-headers',
      'keys',
      'private',
      'directory',
    ])
    expect(verdict).toBe('yes')
  })

  test('is one whose tokens AWS STS takes', async () => {
    const store = openKeyStore(directory)
    const [active] = (await store.read()).keys
    const token = mintToken(usualClaims(at, ISSUER, subjectOf(POD)), await store.readSigningKey(active?.keyId ?? ''))
    await createProvider(at, ISSUER, {})
    await createRole(at, { name: 'own', trust: [trust({ issuer: ISSUER, subject: subjectOf(POD) })] })
    expect((await exchange(at, { token, role: 'own' })).status).toBe(200)
  })

  test('publishes the next key by itself when there is one', async () => {
    const { keyId } = await rotateKeys({ directory, force: false, dryRun: false, restarted: false }, HOST_OF_ALL)
    const target = `https://127.0.0.1:${served.https?.port}`
    const since = async () =>
      (await openKeyStore(directory).read()).publications.find((each) => each.target === target)?.since.has(keyId ?? '')
    await expect.poll(since, { timeout: 10_000 }).toBe(true)
    const { checks } = await verifyIssuer(
      { issuer: ISSUER, allowPrivateHosts: [HOST], directory },
      { network, clock: systemClock },
    )
    expect(checks.find(({ name }) => name === 'keys')?.found).toContain('2 usable')
  })

  test('at an address that nobody named is refused, and one that cannot be reached is not judged', async () => {
    const unnamed = await verifyIssuer({ issuer: ISSUER, allowPrivateHosts: [] }, { network, clock: systemClock })
    expect(unnamed).toMatchObject({
      verdict: 'no',
      checks: expect.arrayContaining([expect.objectContaining({ state: 'fail' })]),
    })
    const nowhere: Network = { ...network, connect: () => connect({ host: '127.0.0.1', port: 1 }) }
    expect(
      await verifyIssuer({ issuer: ISSUER, allowPrivateHosts: [HOST] }, { network: nowhere, clock: systemClock }),
    ).toMatchObject({
      verdict: 'unknown',
    })
    expect(
      await verifyIssuer({ issuer: 'http://x', allowPrivateHosts: [] }, { network, clock: systemClock }),
    ).toMatchObject({
      verdict: 'no',
    })
  })
})

test('a renewed certificate is shown to whoever connects from then on', async () => {
  const serial = await renewCertificate()
  await expect.poll(shownSerial, { timeout: 20_000, interval: 100 }).toBe(serial)
})

/** Of the certificate that the issuer's server shows. */
const shownSerial = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const port = served.https?.port ?? 0
    const socket = connectTls({ host: '127.0.0.1', port, servername: HOST, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })

testPublisher('a server of its own', async () => {
  const { createServer } = await import('node:http')
  let publisher: ReturnType<typeof createHostedPublisher> | undefined
  const server = createServer((request, response) => publisher?.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (server.address() as { port: number }).port
  publisher = createHostedPublisher({
    target: `https://127.0.0.1:${port}`,
    issuerPath: '/clusters/one',
    fetch: async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`)
      if (answer.status !== 200) return undefined
      const { headers } = answer
      return {
        body: await answer.text(),
        contentType: headers.get('content-type') ?? undefined,
        cacheControl: headers.get('cache-control') ?? undefined,
      }
    },
  })
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { publisher, close }
})
