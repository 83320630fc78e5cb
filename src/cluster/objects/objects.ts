import type { Transaction } from 'kysely'
import { instant, type ServiceAccountRef } from '../../core/index.ts'
import { applyAll } from './apply.ts'
import { parseManifests } from './manifest.ts'
import { type Fields, isFields } from './metadata.ts'
import type { ObjectParts, Objects, ServiceAccount } from './model.ts'
import { LOCAL_CLUSTER, type ObjectTables, objectMigrations } from './tables.ts'

/** Opens a cluster's objects; the namespace `default` is there from the start, as in every cluster. */
export async function createObjects(options: ObjectParts): Promise<Objects> {
  const parts = { cluster: LOCAL_CLUSTER, ...options }
  const { store } = parts
  await store.migrate(objectMigrations)
  await applyAll([], parts)
  return {
    applyManifest: async (documents) => applyAll(parseManifests(documents), parts),
    findServiceAccount: (ref) => findServiceAccount(parts, ref),
    listServiceAccounts: () => listServiceAccounts(parts),
    clear: () => clear(parts),
  }
}

type Place = Pick<Required<ObjectParts>, 'store' | 'cluster'>

async function findServiceAccount(place: Place, ref: ServiceAccountRef): Promise<ServiceAccount | undefined> {
  const row = await serviceAccountRows(place)
    .where('namespace', '=', ref.namespace)
    .where('name', '=', ref.name)
    .executeTakeFirst()
  return row === undefined ? undefined : serviceAccountOf(row)
}

async function clear({ store, cluster }: Place): Promise<void> {
  await store.transaction((tx: Transaction<ObjectTables>) =>
    tx.deleteFrom('cluster_objects').where('cluster', '=', cluster).execute(),
  )
}

async function listServiceAccounts(place: Place): Promise<readonly ServiceAccount[]> {
  const rows = await serviceAccountRows(place).orderBy('namespace').orderBy('name').execute()
  return rows.map(serviceAccountOf)
}

function serviceAccountRows({ store, cluster }: Place) {
  return store
    .room<ObjectTables>()
    .selectFrom('cluster_objects')
    .selectAll()
    .where('cluster', '=', cluster)
    .where('kind', '=', 'ServiceAccount')
}

function serviceAccountOf(row: ObjectTables['cluster_objects']): ServiceAccount {
  const { metadata } = JSON.parse(row.manifest) as { metadata?: Fields }
  return {
    namespace: row.namespace,
    name: row.name,
    uid: row.uid,
    annotations: textsOf(metadata?.annotations),
    labels: textsOf(metadata?.labels),
    // PostgreSQL's driver hands a bigint over as text.
    createdAt: instant(Number(row.created_at)),
  }
}

/** The door checked that every value is a string; null and absent say the same. */
function textsOf(value: unknown): Readonly<Record<string, string>> {
  return isFields(value) ? (value as Readonly<Record<string, string>>) : {}
}
