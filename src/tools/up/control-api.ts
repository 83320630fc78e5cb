import { timingSafeEqual } from 'node:crypto'
import type { DenialRecord } from '../../cloud/denials/index.ts'
import { type OrganizationPolicies, renderOrganizationPolicies } from '../../cloud/organization/index.ts'
import { instant, OpenirsaError, parseAccountId, type Secret, type ServiceAccountRef } from '../../core/index.ts'
import type { TrailListQuery, TrailPage } from '../../io/trail/index.ts'
import type { KnownClusters } from '../cluster/index.ts'
import type { Cluster, Clusters } from './clusters.ts'

/** Answer of the installation's own API. */
export interface ControlAnswer {
  readonly status: number
  readonly body: unknown
}

export interface ControlParts {
  readonly clusters: Clusters
  /** The bearer token that opens this API; it lies in the data directory. */
  readonly token: Secret
  findDenial(id: string): Promise<DenialRecord | undefined>
  /** The newest that is kept. */
  findNewestDenial(): Promise<DenialRecord | undefined>
  /** What the organization lays on an account; undefined for one that belongs to none. */
  organizationOf(account: string): OrganizationPolicies | undefined
  /** Records of an account, newest first, data events included. */
  listTrail(query: TrailListQuery): Promise<TrailPage>
  /** Real clusters that were added. */
  readonly knownClusters: Pick<KnownClusters, 'add' | 'list' | 'remove'>
}

export interface ControlCall {
  readonly method: string
  /** Segments below `/_openirsa/api/v1/`. */
  readonly segments: readonly string[]
  readonly body: unknown
  /** Name or ARN of the cluster that is meant; absent, the local one. */
  readonly cluster?: string
  /** What the query string says; of a name that comes twice, the first counts. */
  readonly query?: URLSearchParams
}

/** Refused with a status of HTTP and words for people. */
class ControlRefusal extends OpenirsaError {
  readonly code = 'CONTROL'
  readonly status: number

  constructor(status: number, message: string, hint?: string) {
    super(message, hint === undefined ? {} : { hint })
    this.status = status
  }
}

type Route = (call: ControlCall, parts: ControlParts) => Promise<unknown>

/** Method and path, `*` for one segment that varies → what answers. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['POST token-requests', requestToken],
  ['POST manifests', applyManifest],
  ['GET service-accounts', listServiceAccounts],
  ['GET service-accounts/*/*', getServiceAccount],
  ['GET denials', getNewestDenial],
  ['GET denials/*', getDenial],
  ['GET trail', listTrail],
  ['GET organization/*', getOrganization],
  ['GET known-clusters', async (_call, { knownClusters }) => ({ items: knownClusters.list() })],
  ['POST known-clusters', addKnownCluster],
  ['DELETE known-clusters/*', ({ segments }, { knownClusters }) => knownClusters.remove(segments[1] ?? '')],
])

/** Answers a call of the installation's own API that came with its token; every refusal becomes an answer. */
export async function answerControl(call: ControlCall, parts: ControlParts): Promise<ControlAnswer> {
  const [noun = '', ...rest] = call.segments
  const route = ROUTES.get(`${call.method} ${[noun, ...rest.map(() => '*')].join('/')}`)
  if (route === undefined) return refusal(404, 'there is no such call')
  try {
    return { status: 200, body: await route(call, parts) }
  } catch (failure) {
    if (!(failure instanceof OpenirsaError)) throw failure
    return refusal(failure instanceof ControlRefusal ? failure.status : 400, failure.message, failure.hint)
  }
}

export function refusal(status: number, message: string, hint?: string): ControlAnswer {
  return { status, body: { error: { message, ...(hint === undefined ? {} : { hint }) } } }
}

/** Whether the header carries the token of the data directory; takes as long for a wrong one as for the right one. */
export function mayControl(authorization: string | undefined, token: Secret): boolean {
  const wanted = Buffer.from(`Bearer ${token.reveal()}`)
  const found = Buffer.from(authorization ?? '')
  return found.length === wanted.length && timingSafeEqual(found, wanted)
}

async function requestToken(call: ControlCall, parts: ControlParts): Promise<unknown> {
  const { body } = call
  const ref = { namespace: String(field(body, 'namespace')), name: String(field(body, 'name')) }
  const cluster = await findCluster(call, parts)
  await findAccount(ref, cluster)
  return cluster.mint(ref, listOf(field(body, 'audiences')).map(String), Number(field(body, 'expirationSeconds')))
}

async function applyManifest(call: ControlCall, parts: ControlParts): Promise<unknown> {
  const { objects } = await findCluster(call, parts)
  return { objects: await objects.applyManifest(listOf(field(call.body, 'documents'))) }
}

async function listServiceAccounts(call: ControlCall, parts: ControlParts): Promise<unknown> {
  return { items: await (await findCluster(call, parts)).objects.listServiceAccounts() }
}

async function getServiceAccount(call: ControlCall, parts: ControlParts): Promise<unknown> {
  const [, namespace = '', name = ''] = call.segments
  return findAccount({ namespace, name }, await findCluster(call, parts))
}

async function findCluster({ cluster: name }: ControlCall, { clusters }: ControlParts): Promise<Cluster> {
  const found = await clusters.find(name)
  if (found !== undefined) return found
  throw new ControlRefusal(
    404,
    `there is no cluster \`${shown(name ?? '')}\``,
    'make one with EKS CreateCluster, or leave the cluster out for the local one',
  )
}

async function findAccount(ref: ServiceAccountRef, { objects }: Cluster) {
  const found = await objects.findServiceAccount(ref)
  if (found !== undefined) return found
  throw new ControlRefusal(
    404,
    `the service account \`${shown(`${ref.namespace}/${ref.name}`)}\` does not exist`,
    'make it known with `openirsa apply -f FILE`',
  )
}

async function getDenial({ segments }: ControlCall, parts: ControlParts): Promise<DenialRecord> {
  const [, id = ''] = segments
  const denial = await parts.findDenial(id)
  if (denial !== undefined) return denial
  throw new ControlRefusal(
    404,
    `no denial \`${shown(id)}\` is kept here`,
    'the newest 100,000 are kept; is this the installation that answered?',
  )
}

async function getNewestDenial(_call: ControlCall, parts: ControlParts): Promise<DenialRecord> {
  const denial = await parts.findNewestDenial()
  if (denial !== undefined) return denial
  throw new ControlRefusal(404, 'nothing has been refused yet', 'is this the installation that answered?')
}

/** An account of no organization is limited by none: that is an answer, and no mistake. */
async function getOrganization({ segments }: ControlCall, { organizationOf }: ControlParts): Promise<unknown> {
  const policies = organizationOf(segments[1] ?? '')
  return policies === undefined ? {} : { organization: renderOrganizationPolicies(policies) }
}

/** A page is 200 records at most, each of a hundred kilobytes at most. */
const LARGEST_TRAIL_PAGE = 200

/** `account`, `since` (milliseconds since 1970), `after` (of the page before). */
async function listTrail({ query }: ControlCall, parts: ControlParts): Promise<unknown> {
  const account = parseAccountId(query?.get('account') ?? '')
  const since = query?.get('since') ?? '0'
  const after = query?.get('after') ?? undefined
  if (account === undefined || !/^\d{1,15}$/.test(since))
    throw new ControlRefusal(400, 'the trail is asked for with `account=DIGITS`, and `since=MILLISECONDS`')
  const { records, next } = await parts.listTrail({
    account,
    from: instant(Number(since)),
    limit: LARGEST_TRAIL_PAGE,
    ...(after === undefined ? {} : { after }),
  })
  return { events: records.map(({ event }) => event), ...(next === undefined ? {} : { next }) }
}

async function addKnownCluster({ body }: ControlCall, { knownClusters }: ControlParts): Promise<unknown> {
  const account = parseAccountId(String(field(body, 'account')))
  if (account === undefined) throw new ControlRefusal(400, 'an account has twelve digits')
  const context = Object.hasOwn(body as object, 'context') ? { context: String(field(body, 'context')) } : {}
  return knownClusters.add({
    name: String(field(body, 'name')),
    kubeconfig: String(field(body, 'kubeconfig')),
    ...context,
    account,
    audiences: listOf(field(body, 'audiences')).map(String),
    verifiesBoundObjects: field(body, 'verifiesBoundObjects') === true,
  })
}

/** A value of the caller for a message: not longer than a name of Kubernetes. */
const shown = (text: string): string => text.slice(0, 317)

function field(body: unknown, name: string): unknown {
  const value =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined
  if (value === undefined) throw new ControlRefusal(400, `the body lacks \`${name}\``)
  return value
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ControlRefusal(400, 'a list was expected')
  return value
}
