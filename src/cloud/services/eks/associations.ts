import { isDeepStrictEqual } from 'node:util'
import { type AccountId, type Instant, instant } from '../../../core/index.ts'
import type { Store } from '../../../io/store/index.ts'
import type { AssociationTerms, EksCluster, PodIdentityAssociation } from './model.ts'
import type { AssociationRow, EksTables } from './tables.ts'
import { type Reading, type Tags, type Tx, writeTags } from './tag-rows.ts'

/** What an association is looked up by. */
export interface ServiceAccountOfCluster {
  readonly cluster: Pick<EksCluster, 'issuer' | 'name' | 'account'>
  readonly namespace: string
  readonly serviceAccount: string
}

/** How pod identity associations live in the store; their tags are with those of the clusters. */
export interface Associations {
  /** Of one cluster, by ARN. */
  list(cluster: EksCluster): Promise<readonly PodIdentityAssociation[]>
  find(arn: string): Promise<PodIdentityAssociation | undefined>
  findFor(whose: ServiceAccountOfCluster): Promise<PodIdentityAssociation | undefined>
  /** The association of that service account that was there before; undefined when this one was made. */
  insert(association: PodIdentityAssociation, tags: Tags): Promise<PodIdentityAssociation | undefined>
  /** Undefined when it is gone. What `change` throws undoes it; the same terms again are no change. */
  update(
    arn: string,
    change: (terms: AssociationTerms) => AssociationTerms,
    now: Instant,
  ): Promise<PodIdentityAssociation | undefined>
  /** Its tags go with it. */
  remove(arn: string): Promise<void>
}

export function createAssociations(store: Store): Associations {
  const db = store.room<EksTables>()
  return {
    list: async (cluster) => (await rowsOf(db, cluster).orderBy('arn').execute()).map(associationOf),
    find: (arn) => findByArn(db, arn),
    findFor: ({ cluster, namespace, serviceAccount }) =>
      findOne(db, { ...placeOf(cluster), namespace, service_account: serviceAccount }),
    insert: (association, tags) => store.transaction((tx: Tx) => insert(tx, association, tags)),
    update: (arn, change, now) => store.transaction((tx: Tx) => update(tx, { arn, change, now })),
    remove: (arn) =>
      store.transaction(async (tx: Tx) => {
        await tx.deleteFrom('eks_associations').where('arn', '=', arn).execute()
        await tx.deleteFrom('eks_tags').where('arn', '=', arn).execute()
      }),
  }
}

/** All of the cluster with that issuer, which is no more; no other one has it. */
export async function removeAssociationsOf(tx: Tx, issuer: string): Promise<void> {
  const rows = await tx.selectFrom('eks_associations').select('arn').where('issuer', '=', issuer).execute()
  for (const { arn } of rows) await tx.deleteFrom('eks_tags').where('arn', '=', arn).execute()
  await tx.deleteFrom('eks_associations').where('issuer', '=', issuer).execute()
}

type Place = Pick<AssociationRow, 'issuer' | 'cluster' | 'account'>

const placeOf = ({ issuer, name, account }: ServiceAccountOfCluster['cluster']): Place => ({
  issuer,
  cluster: name,
  account,
})

function rowsOf(db: Reading, cluster: EksCluster) {
  const { issuer, cluster: name, account } = placeOf(cluster)
  return db
    .selectFrom('eks_associations')
    .selectAll()
    .where('issuer', '=', issuer)
    .where('cluster', '=', name)
    .where('account', '=', account)
}

async function findByArn(db: Reading, arn: string): Promise<PodIdentityAssociation | undefined> {
  const row = await db.selectFrom('eks_associations').selectAll().where('arn', '=', arn).executeTakeFirst()
  return row === undefined ? undefined : associationOf(row)
}

type Key = Place & Pick<AssociationRow, 'namespace' | 'service_account'>

async function findOne(db: Reading, key: Key): Promise<PodIdentityAssociation | undefined> {
  const row = await db
    .selectFrom('eks_associations')
    .selectAll()
    .where('issuer', '=', key.issuer)
    .where('cluster', '=', key.cluster)
    .where('account', '=', key.account)
    .where('namespace', '=', key.namespace)
    .where('service_account', '=', key.service_account)
    .executeTakeFirst()
  return row === undefined ? undefined : associationOf(row)
}

async function insert(
  tx: Tx,
  association: PodIdentityAssociation,
  tags: Tags,
): Promise<PodIdentityAssociation | undefined> {
  const row = rowOf(association)
  // INVARIANT: transactions run one after the other, so a service account gets one association.
  const there = await findOne(tx, row)
  if (there !== undefined) return there
  await tx.insertInto('eks_associations').values(row).execute()
  await writeTags(tx, association.arn, tags)
  return undefined
}

interface Change {
  readonly arn: string
  readonly change: (terms: AssociationTerms) => AssociationTerms
  readonly now: Instant
}

async function update(tx: Tx, { arn, change, now }: Change): Promise<PodIdentityAssociation | undefined> {
  const there = await findByArn(tx, arn)
  if (there === undefined) return undefined
  const terms = change(there.terms)
  if (isDeepStrictEqual(terms, there.terms)) return there
  const changed = { terms: JSON.stringify(terms), modified_at: now }
  await tx.updateTable('eks_associations').set(changed).where('arn', '=', arn).execute()
  return { ...there, terms, modifiedAt: now }
}

function rowOf(association: PodIdentityAssociation): AssociationRow {
  const { arn, issuer, clusterName, account, namespace, serviceAccount, terms, clientRequestToken } = association
  return {
    arn,
    issuer,
    cluster: clusterName,
    account,
    namespace,
    service_account: serviceAccount,
    created_at: association.createdAt,
    modified_at: association.modifiedAt,
    terms: JSON.stringify(terms),
    client_request_token: clientRequestToken ?? null,
  }
}

function associationOf(row: AssociationRow): PodIdentityAssociation {
  return {
    arn: row.arn,
    issuer: row.issuer,
    clusterName: row.cluster,
    account: row.account as AccountId,
    namespace: row.namespace,
    serviceAccount: row.service_account,
    // PostgreSQL's driver hands a bigint over as text.
    createdAt: instant(Number(row.created_at)),
    modifiedAt: instant(Number(row.modified_at)),
    terms: JSON.parse(row.terms) as AssociationTerms,
    ...(row.client_request_token === null ? {} : { clientRequestToken: row.client_request_token }),
  }
}
