import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccountId, Clock, HttpHead, Randomness, Region, Seconds, Secret } from '../core/index.ts'
import type { Log } from '../io/host/index.ts'
import type { ConnectionFacts, HeadFault, RefusalAnswer } from '../io/http/index.ts'
import type { Store } from '../io/store/index.ts'
import type { Trail } from '../io/trail/index.ts'
import { createDenials, type Denials } from './denials/index.ts'
import { createGateway } from './gateway/index.ts'
import { createIdentity, type Identity, openLastUses } from './identity/index.ts'
import type { WebIdentityKeys } from './operation.ts'
import type { Organization } from './organization/index.ts'
import { createCloudTrail } from './services/cloudtrail/index.ts'
import { type ClusterBook, type ClusterIssuers, createEks, type EksCluster } from './services/eks/index.ts'
import { createEksAuth } from './services/eks-auth/index.ts'
import { createIam, type ThumbprintSource } from './services/iam/index.ts'
import { createS3 } from './services/s3/index.ts'
import { createSts } from './services/sts/index.ts'
import { createSessions, type SealKeyRing } from './session/index.ts'

/** What the cloud half is made of; everything of the outside world is a parameter. */
export interface CloudOptions {
  readonly store: Store
  readonly trail: Trail
  readonly keys: WebIdentityKeys
  readonly thumbprints: ThumbprintSource
  /** 32 bytes; seals access key secrets in the store. */
  readonly storeKey: Secret<Uint8Array>
  readonly sealRing: SealKeyRing
  readonly realmId: string
  /** At least one; the first is the default one. */
  readonly accounts: readonly AccountId[]
  readonly region: Region
  /** Without one, nothing limits the accounts from above. */
  readonly organization?: Organization | undefined
  readonly objectDirectory: string
  /** The installation's own clusters. Asked at each call. */
  readonly clusters: () => readonly EksCluster[]
  /** Hosts the issuers of the clusters that CreateCluster makes. */
  readonly issuers: ClusterIssuers
  readonly tokenLeewaySeconds: Seconds
  /** Most STS requests a second for each account; undefined is no limit. */
  readonly stsRatePerSecond: number | undefined
  readonly clock: Clock
  readonly randomness: Randomness
  readonly log: Log
}

/** AWS's APIs in one process. */
export interface Cloud {
  readonly identity: Identity
  readonly denials: Denials
  /** The clusters that CreateCluster made. */
  readonly clusters: ClusterBook
  handle(request: IncomingMessage, response: ServerResponse, facts: ConnectionFacts): Promise<void>
  refuseHead(head: HttpHead, fault: HeadFault): RefusalAnswer
  /** Writes what is kept in memory alone so far; the store is its owner's to close, afterwards. */
  close(): Promise<void>
}

/** Opens every room of the cloud half over one store, and wires the services into the gateway. */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const { store, trail, clock, randomness, region, accounts, log } = options
  const [account] = accounts
  if (account === undefined) throw new TypeError('an installation has one account at least')
  const identity = await createIdentity({ store, storeKey: options.storeKey, accounts, region, clock, randomness })
  const uses = await openLastUses({ store, clock, log })
  const sessions = createSessions({ ring: options.sealRing, realmId: options.realmId, clock, randomness })
  const denials = await createDenials({ store, clock, randomness })
  const { clusters, issuers, keys, tokenLeewaySeconds, organization } = options
  const eks = await createEks({ store, clusters, issuers, identity, clock, randomness })
  const services = [
    createSts({ identity, sessions, ratePerSecond: options.stsRatePerSecond, findDenial: denials.find }),
    createIam({ identity, uses, thumbprints: options.thumbprints, clock, randomness, region }),
    eks.service,
    createEksAuth({ pods: eks.pods, keys, identity, sessions, tokenLeewaySeconds, randomness }),
    createCloudTrail({ trail }),
    await createS3({ store, objectDirectory: options.objectDirectory, clock, randomness, identity }),
  ]
  const gateway = createGateway({
    services,
    identity,
    sessions,
    keys,
    denials,
    trail,
    uses,
    organization,
    account,
    region,
    tokenLeewaySeconds,
    clock,
    randomness,
    log,
  })
  return {
    identity,
    denials,
    clusters: eks.book,
    handle: gateway.handle,
    refuseHead: gateway.refuseHead,
    close: () => uses.close(),
  }
}
