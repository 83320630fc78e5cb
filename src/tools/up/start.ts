import { createCloud } from '../../cloud/index.ts'
import { createObjects } from '../../cluster/objects/index.ts'
import { ensurePrivateDirectory } from '../../io/host/index.ts'
import { ensureCertificates, listen } from '../../io/http/index.ts'
import { dataDirectoryPaths, type InstallationFacts, takeLock, writeFacts } from '../../io/installation/index.ts'
import { openSqliteStore } from '../../io/store/index.ts'
import { createTrail } from '../../io/trail/index.ts'
import { keepAdministrators } from './administrators.ts'
import { type Closing, createClosing } from './closing.ts'
import { seedDemo } from './demo-seed.ts'
import { readOrCreateKeys } from './keys.ts'
import { createLocalIssuer } from './local-issuer.ts'
import type { Installation, UpHost, UpOptions } from './model.ts'
import { createOwnPages } from './own-pages.ts'

const LOOPBACK = '127.0.0.1'
/** The local cluster's name in EKS. */
const CLUSTER_NAME = 'local'

/**
 * Starts the whole circle in this process: issuer and objects of a cluster, AWS's APIs, one port, one data directory.
 * @throws ConfigError for a port in use, a data directory in use or open to others, an unreadable key, a corrupt store; nothing is left behind then
 */
export async function startInstallation(options: UpOptions, host: UpHost): Promise<Installation> {
  const closing = createClosing()
  try {
    return await start(options, host, closing)
  } catch (failure) {
    await closing.close()
    throw failure
  }
}

async function start(options: UpOptions, host: UpHost, closing: Closing): Promise<Installation> {
  const { clock, randomness, log } = host
  const paths = dataDirectoryPaths(options.dataDirectory)
  await ensurePrivateDirectory(paths.directory)
  const lock = takeLock(paths.lock)
  closing.add(async () => lock.release())
  const keys = await readOrCreateKeys(paths, options.region, randomness)
  const certificates = await ensureCertificates({ directory: paths.certificates, addresses: options.listen, clock, randomness })
  const store = await openSqliteStore(paths.store)
  closing.add(() => store.close())
  const objects = await createObjects({ store, clock, randomness })
  const trail = await createTrail({ store, clock })
  const issuer = createLocalIssuer(keys, { ...host, allowPrivateIssuers: options.allowPrivateIssuers })
  const cloud = await createCloud({
    store,
    trail,
    keys: issuer.webIdentityKeys,
    thumbprints: issuer.thumbprints,
    storeKey: keys.storeKey,
    sealRing: keys.sealRing,
    realmId: keys.realmId,
    accounts: options.accounts,
    region: options.region,
    objectDirectory: paths.objects,
    clusters: () => [{ name: CLUSTER_NAME, account: options.accounts[0], issuer: keys.issuer, region: options.region, createdAt: issuer.createdAt }],
    clock,
    randomness,
    log,
    stsRatePerSecond: options.stsRate,
  })
  closing.add(() => cloud.close())
  await keepAdministrators(options, cloud.identity)
  const pages = createOwnPages({
    version: host.version,
    token: keys.controlToken,
    objects,
    issuerId: issuer.id,
    discoveryDocument: issuer.discoveryDocument,
    jwks: issuer.jwks,
    mint: issuer.mint,
    findDenial: (id) => cloud.denials.find(id),
  })
  const listener = await listen({
    port: options.port,
    addresses: [LOOPBACK, ...options.listen],
    tls: certificates,
    log,
    onRequest: async (request, response, facts) => {
      if (!(await pages.answer(request, response))) await cloud.handle(request, response, facts)
    },
  })
  closing.add(() => listener.close())
  const facts: InstallationFacts = {
    endpoint: `http://${LOOPBACK}:${listener.port}`,
    httpsEndpoint: `https://${LOOPBACK}:${listener.port}`,
    caFile: certificates.caFile,
    issuer: keys.issuer,
    account: options.accounts[0],
    accounts: options.accounts,
    region: options.region,
    pid: process.pid,
  }
  const demo = options.demo ? await seedDemo(facts, { dataDirectory: options.dataDirectory, objects, clock }) : undefined
  await writeFacts(options.dataDirectory, facts)
  return { facts, demo, warnings: warningsOf(options), close: closing.close, untilStopped: () => closing.uponSignal(log) }
}

/** What relaxes a check says so at every start. */
function warningsOf({ allowPrivateIssuers }: UpOptions): readonly string[] {
  return allowPrivateIssuers.map((host) => `keys of issuers at the private host ${host} are fetched (--allow-private-issuer)`)
}
