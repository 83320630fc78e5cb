import { X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Cloud, createCloud } from '../../cloud/index.ts'
import type { Organization } from '../../cloud/organization/index.ts'
import type { EksCluster } from '../../cloud/services/eks/index.ts'
import { createObjects, type Objects } from '../../cluster/objects/index.ts'
import { type AccountId, ConfigError, instant, partitionOf, type Region, seconds } from '../../core/index.ts'
import { ensurePrivateDirectory } from '../../io/host/index.ts'
import { type Certificates, ensureCertificates, type Listener, listen, namedAddresses } from '../../io/http/index.ts'
import {
  type DataDirectoryPaths,
  dataDirectoryPaths,
  type InstallationFacts,
  takeLock,
  writeFacts,
} from '../../io/installation/index.ts'
import { openSqliteStore, type Store } from '../../io/store/index.ts'
import { createTrail, type Trail } from '../../io/trail/index.ts'
import { type Thumbprint, thumbprintOf } from '../../standards/oidc/index.ts'
import { type KnownClusters, openKnownClusters } from '../cluster/index.ts'
import { keepAdministrators } from './administrators.ts'
import { type Closing, createClosing } from './closing.ts'
import { type Clusters, createClusters, LOCAL_CLUSTER_NAME, objectsOf } from './clusters.ts'
import { seedDemo } from './demo-seed.ts'
import { createHostedIssuers, type HostedIssuers } from './hosted-issuers.ts'
import { type InstallationKeys, readOrCreateKeys } from './keys.ts'
import { createIssuerKeys } from './local-issuer.ts'
import type { Installation, UpHost, UpOptions } from './model.ts'
import { readOrganization, warningsOfOrganization } from './organization.ts'
import { createOwnPages } from './own-pages.ts'

const LOOPBACK = '127.0.0.1'
/** SPEC: AWS grants five minutes beyond a token's expiry (IAM User Guide, "OIDC federation"). */
const TOKEN_LEEWAY_SECONDS = seconds(300)

/**
 * Starts the whole circle in this process: issuer and objects of a cluster, AWS's APIs, one port, one data directory.
 * @throws ConfigError for a port in use, a data directory in use or open to others, an unreadable key, a corrupt store, a fault in the organization's file; nothing is left behind then
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

/** What the data directory holds, opened. */
interface Foundation {
  readonly paths: DataDirectoryPaths
  readonly keys: InstallationKeys
  readonly certificates: Certificates
  readonly store: Store
  readonly trail: Trail
  readonly objects: Objects
  readonly issuers: HostedIssuers
  readonly organization: Organization | undefined
  readonly knownClusters: KnownClusters
}

async function start(options: UpOptions, host: UpHost, closing: Closing): Promise<Installation> {
  const foundation = await open(options, host, closing)
  const { objects, issuers } = foundation
  const cloud = await openCloud(options, host, foundation)
  closing.add(() => cloud.close())
  const made = await cloud.clusters.list()
  await issuers.restore(
    made.map(({ issuer }) => issuer),
    await cloud.clusters.listDeletedIssuers(),
  )
  const clusters = clustersOf(options, host, { ...foundation, cloud })
  await keepAdministrators(options, cloud.identity)
  const listener = await serve(options, host, { ...foundation, clusters, cloud })
  closing.add(() => listener.close())
  const facts = factsOf(options, { ...foundation, listener })
  const demo = options.demo
    ? await seedDemo(facts, { dataDirectory: options.dataDirectory, objects, clock: host.clock })
    : undefined
  await writeFacts(options.dataDirectory, facts)
  return {
    facts,
    demo,
    warnings: [...warningsOf(options, foundation.organization), ...warningsOfClusters(foundation.knownClusters)],
    close: closing.close,
    untilStopped: () => closing.uponSignal(host.log),
  }
}

async function open(options: UpOptions, host: UpHost, closing: Closing): Promise<Foundation> {
  const { clock, randomness } = host
  const paths = dataDirectoryPaths(options.dataDirectory)
  await ensurePrivateDirectory(paths.directory)
  const lock = takeLock(paths.lock)
  closing.add(async () => lock.release())
  const keys = await readOrCreateKeys(paths, options.region, randomness)
  const organization = await findOrganization(options, keys)
  const certificates = await ensureCertificates({
    directory: paths.certificates,
    addresses: namedAddresses(options.listen),
    clock,
    randomness,
  })
  const store = await openSqliteStore(paths.store)
  closing.add(() => store.close())
  const objects = await createObjects({ store, clock, randomness })
  const issuers = createHostedIssuers(keys, { directory: paths.keys, randomness })
  const trail = createTrail({ store, clock })
  const isOwnIssuer = (issuer: string): boolean => issuers.find(issuer) !== undefined || issuers.isGone(issuer)
  const knownClusters = await openKnownClusters({ path: paths.clusters, isOwnIssuer, host })
  closing.add(() => knownClusters.close())
  return { paths, keys, certificates, store, trail, objects, issuers, organization, knownClusters }
}

async function findOrganization(
  { organization, region }: UpOptions,
  { realmId }: InstallationKeys,
): Promise<Organization | undefined> {
  if (organization === undefined) return undefined
  return readOrganization(organization, { realmId, partition: partitionOf(region) })
}

/** Our server sends its authority's certificate last. */
function topThumbprintOf({ cert }: Certificates): Thumbprint {
  const last = cert.lastIndexOf('-----BEGIN CERTIFICATE-----')
  return thumbprintOf(new X509Certificate(cert.slice(last)).raw)
}

async function openCloud(options: UpOptions, host: UpHost, foundation: Foundation): Promise<Cloud> {
  const { clock, randomness, log } = host
  const { store, trail, keys, paths, issuers } = foundation
  const account = defaultAccountOf(options)
  const createdAt = instant(statSync(join(paths.keys, 'issuer-url')).mtimeMs)
  const ownThumbprint = topThumbprintOf(foundation.certificates)
  const { webIdentityKeys, thumbprints } = createIssuerKeys(issuers, {
    ...host,
    allowPrivateIssuers: options.allowPrivateIssuers,
    ownThumbprint,
    knownClusters: foundation.knownClusters,
  })
  return createCloud({
    store,
    trail,
    keys: webIdentityKeys,
    thumbprints,
    storeKey: keys.storeKey,
    sealRing: keys.sealRing,
    realmId: keys.realmId,
    accounts: options.accounts,
    region: options.region,
    organization: foundation.organization,
    objectDirectory: paths.objects,
    clusters: () => [
      { name: LOCAL_CLUSTER_NAME, account, issuer: keys.issuer, region: options.region, createdAt },
      ...addedClusters(foundation.knownClusters, options.region),
    ],
    issuers: {
      create: issuers.create,
      remove: async (issuer) => {
        await issuers.remove(issuer)
        await (await objectsOf(issuer, { store, clock, randomness })).clear()
      },
    },
    tokenLeewaySeconds: TOKEN_LEEWAY_SECONDS,
    stsRatePerSecond: options.stsRate,
    clock,
    randomness,
    log,
  })
}

/** Whom the pods of a cluster were let be goes with it: another one may have its name one day, and even its issuer. */
function withAssociations(known: KnownClusters, { clusters }: Cloud): Pick<KnownClusters, 'add' | 'list' | 'remove'> {
  return {
    add: known.add,
    list: known.list,
    remove: async (name) => {
      const found = known.list().find((cluster) => cluster.name === name)
      if (found !== undefined) await clusters.forget(found.issuer)
      return await known.remove(name)
    },
  }
}

/** Real clusters, as EKS tells of them: in the account that they were added to. */
function addedClusters({ list }: Pick<KnownClusters, 'list'>, region: Region): readonly EksCluster[] {
  return list().map(({ name, account, issuer, addedAt }) => ({
    name,
    account,
    region,
    issuer,
    createdAt: instant(Date.parse(addedAt)),
  }))
}

function clustersOf(
  options: UpOptions,
  { clock, randomness }: UpHost,
  { issuers, objects, store, cloud }: Foundation & { readonly cloud: Cloud },
): Clusters {
  const { region } = options
  const place = { account: defaultAccountOf(options), region }
  return createClusters({ ...place, issuers, book: cloud.clusters, localObjects: objects, store, clock, randomness })
}

function serve(
  options: UpOptions,
  { log, version }: UpHost,
  {
    keys,
    certificates,
    trail,
    issuers,
    organization,
    clusters,
    cloud,
    knownClusters,
  }: Foundation & { readonly clusters: Clusters; readonly cloud: Cloud },
): Promise<Listener> {
  const pages = createOwnPages({
    version,
    token: keys.controlToken,
    clusters,
    findIssuer: issuers.findById,
    findDenial: (id) => cloud.denials.find(id),
    findNewestDenial: () => cloud.denials.findNewest(),
    listTrail: trail.list,
    organizationOf: (account) => organization?.policiesOf(account),
    knownClusters: withAssociations(knownClusters, cloud),
  })
  return listen({
    port: options.port,
    addresses: [LOOPBACK, ...options.listen],
    tls: certificates,
    log,
    onRequest: async (request, response, facts) => {
      if (!(await pages.answer(request, response))) await cloud.handle(request, response, facts)
    },
    onRefused: cloud.refuseHead,
  })
}

function factsOf(
  options: UpOptions,
  { keys, certificates, listener }: Foundation & { readonly listener: Listener },
): InstallationFacts {
  return {
    endpoint: `http://${LOOPBACK}:${listener.port}`,
    httpsEndpoint: `https://${LOOPBACK}:${listener.port}`,
    caFile: certificates.caFile,
    issuer: keys.issuer,
    account: defaultAccountOf(options),
    accounts: options.accounts,
    region: options.region,
    pid: process.pid,
  }
}

function defaultAccountOf({ accounts }: UpOptions): AccountId {
  const [first] = accounts
  if (first === undefined) throw new ConfigError('an installation has one account at least', { hint: 'give --account' })
  return first
}

/** What relaxes a check says so at every start. */
function warningsOf(
  { allowPrivateIssuers, accounts }: UpOptions,
  organization: Organization | undefined,
): readonly string[] {
  const fetched = allowPrivateIssuers.map(
    (host) => `keys of issuers at the private host ${host} are fetched (--allow-private-issuer)`,
  )
  return organization === undefined ? fetched : [...fetched, ...warningsOfOrganization(organization, accounts)]
}

function warningsOfClusters(knownClusters: KnownClusters): readonly string[] {
  const unverified = knownClusters.list().filter(({ serverIsVerified }) => !serverIsVerified)
  return unverified.map(
    ({ name, kubeconfig }) =>
      `keys of the cluster ${name} may be anybody's: its API server is not verified (insecure-skip-tls-verify in ${kubeconfig})`,
  )
}
