import { type AccountId, type Instant, instant, type Region } from '../../../core/index.ts'
import type { Store } from '../../../io/store/index.ts'
import { removeAssociationsOf } from './associations.ts'
import { clusterArn, type Scope } from './cluster-arn.ts'
import type { ClusterConfiguration, ClusterUpdate, CreatedCluster } from './model.ts'
import type { ClusterRow, EksTables, UpdateRow } from './tables.ts'
import { type Reading, readTags, type Tags, type Tx, writeTags } from './tag-rows.ts'

/** How created clusters, their updates, and the tags of all clusters live in the store. */
export interface Repository {
  find(scope: Scope, name: string): Promise<CreatedCluster | undefined>
  /** Of all accounts and regions. */
  list(): Promise<readonly CreatedCluster[]>
  /** Issuers of the clusters that are deleted. */
  listDeletedIssuers(): Promise<readonly string[]>
  /** The cluster of that name that was there before; undefined when this one was made. */
  insert(cluster: CreatedCluster, tags: Tags): Promise<CreatedCluster | undefined>
  /** Its tags, updates and associations go with it. */
  remove(cluster: CreatedCluster, now: Instant): Promise<void>
  /** Associations of a cluster that the installation brought, and brings no more. */
  forget(issuer: string): Promise<void>
  update(cluster: CreatedCluster, configuration: ClusterConfiguration, update: ClusterUpdate): Promise<void>
  /** Newest first. */
  updatesOf(arn: string): Promise<readonly ClusterUpdate[]>
  tagsOf(arn: string): Promise<Tags>
  /** What `change` throws undoes it. */
  changeTags(arn: string, change: (tags: Tags) => Tags): Promise<void>
}

export function createRepository(store: Store): Repository {
  const db = store.room<EksTables>()
  const live = () => db.selectFrom('eks_clusters').selectAll().where('deleted_at', 'is', null)
  return {
    find: async (scope, name) => clusterOf(await findRow(db, scope, name)),
    list: async () => (await live().orderBy('created_at').execute()).map(created),
    listDeletedIssuers: async () => {
      const rows = await db.selectFrom('eks_clusters').select('issuer').where('deleted_at', 'is not', null).execute()
      return rows.map(({ issuer }) => issuer)
    },
    insert: (cluster, tags) => store.transaction((tx: Tx) => insert(tx, cluster, tags)),
    remove: (cluster, now) => store.transaction((tx: Tx) => remove(tx, cluster, now)),
    forget: (issuer) => store.transaction((tx: Tx) => removeAssociationsOf(tx, issuer)),
    update: (cluster, configuration, update) =>
      store.transaction(async (tx: Tx) => {
        const text = JSON.stringify(configuration)
        await tx.updateTable('eks_clusters').set({ configuration: text }).where('issuer', '=', cluster.issuer).execute()
        await tx
          .insertInto('eks_updates')
          .values(updateRowOf(clusterArn(cluster), update))
          .execute()
      }),
    updatesOf: async (arn) => {
      const rows = await db.selectFrom('eks_updates').selectAll().where('arn', '=', arn).execute()
      return rows.map(updateOf).toSorted((a, b) => b.createdAt - a.createdAt)
    },
    tagsOf: (arn) => readTags(db, arn),
    changeTags: (arn, change) =>
      store.transaction(async (tx: Tx) => writeTags(tx, arn, change(await readTags(tx, arn)))),
  }
}

function findRow(db: Reading, { account, region }: Scope, name: string): Promise<ClusterRow | undefined> {
  return db
    .selectFrom('eks_clusters')
    .selectAll()
    .where('deleted_at', 'is', null)
    .where('account', '=', account)
    .where('region', '=', region)
    .where('name', '=', name)
    .executeTakeFirst()
}

async function insert(tx: Tx, cluster: CreatedCluster, tags: Tags): Promise<CreatedCluster | undefined> {
  // INVARIANT: transactions run one after the other, so a name is taken once.
  const there = clusterOf(await findRow(tx, cluster, cluster.name))
  if (there !== undefined) return there
  await tx.insertInto('eks_clusters').values(rowOf(cluster)).execute()
  await writeTags(tx, clusterArn(cluster), tags)
  return undefined
}

async function remove(tx: Tx, cluster: CreatedCluster, now: Instant): Promise<void> {
  const arn = clusterArn(cluster)
  await tx.updateTable('eks_clusters').set({ deleted_at: now }).where('issuer', '=', cluster.issuer).execute()
  await tx.deleteFrom('eks_tags').where('arn', '=', arn).execute()
  await tx.deleteFrom('eks_updates').where('arn', '=', arn).execute()
  await removeAssociationsOf(tx, cluster.issuer)
}

function rowOf(cluster: CreatedCluster): ClusterRow {
  const { issuer, account, region, name, createdAt, configuration, clientRequestToken } = cluster
  return {
    issuer,
    account,
    region,
    name,
    created_at: createdAt,
    deleted_at: null,
    configuration: JSON.stringify(configuration),
    client_request_token: clientRequestToken ?? null,
  }
}

const clusterOf = (row: ClusterRow | undefined): CreatedCluster | undefined =>
  row === undefined ? undefined : created(row)

function created(row: ClusterRow): CreatedCluster {
  const configuration = JSON.parse(row.configuration) as ClusterConfiguration
  return {
    name: row.name,
    account: row.account as AccountId,
    region: row.region as Region,
    issuer: row.issuer,
    // PostgreSQL's driver hands a bigint over as text.
    createdAt: instant(Number(row.created_at)),
    configuration,
    ...(typeof configuration.version === 'string' ? { version: configuration.version } : {}),
    ...(row.client_request_token === null ? {} : { clientRequestToken: row.client_request_token }),
  }
}

function updateRowOf(arn: string, { id, type, params, createdAt }: ClusterUpdate): UpdateRow {
  return { id, arn, type, params: JSON.stringify(params), created_at: createdAt }
}

function updateOf({ id, type, params, created_at }: UpdateRow): ClusterUpdate {
  return {
    id,
    type,
    params: JSON.parse(params) as ClusterUpdate['params'],
    createdAt: instant(Number(created_at)),
  }
}
