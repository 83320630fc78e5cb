import type { Transaction } from 'kysely'
import { ManifestError } from './errors.ts'
import { parseManifests } from './manifest.ts'
import type { AppliedObject, ApplyOutcome, Manifest, ObjectParts } from './model.ts'
import type { ObjectTables } from './tables.ts'

/** One cluster's rows, within one transaction. */
interface Place {
  readonly tx: Transaction<ObjectTables>
  readonly cluster: string
}

/** Applies objects in one transaction: namespaces first, whatever the order, then what lies in them. */
export async function applyAll(
  manifests: readonly Manifest[],
  parts: Required<ObjectParts>,
): Promise<readonly AppliedObject[]> {
  refuseTwice(manifests)
  return parts.store.transaction(async (tx: Place['tx']) => {
    const place = { tx, cluster: parts.cluster }
    const keep = (manifest: Manifest): Promise<ApplyOutcome> => keepObject(place, manifest, parts)
    await ensureNamespace(place, DEFAULT_NAMESPACE, keep)
    const outcomes = new Map<Manifest, ApplyOutcome>()
    for (const stage of STAGES) {
      for (const manifest of manifests.filter(stage)) {
        await refuseWithoutSurroundings(place, manifest)
        outcomes.set(manifest, await keep(manifest))
        if (manifest.kind === 'Namespace') await ensureNamespace(place, manifest.name, keep)
      }
    }
    return manifests.map((manifest) => appliedOf(manifest, outcomes.get(manifest) ?? 'unchanged'))
  })
}

const DEFAULT_NAMESPACE = 'default'

/** What others need comes first. */
const STAGES: readonly ((manifest: Manifest) => boolean)[] = [
  ({ kind }) => kind === 'Namespace',
  ({ kind }) => kind === 'ServiceAccount',
  ({ kind }) => kind !== 'Namespace' && kind !== 'ServiceAccount',
]

function appliedOf({ kind, namespace, name }: Manifest, outcome: ApplyOutcome): AppliedObject {
  return { kind, ...(namespace === '' ? {} : { namespace }), name, outcome }
}

/** Two manifests of one object in one go: which of them counts is not for us to choose. */
function refuseTwice(manifests: readonly Manifest[]): void {
  const seen = new Set<string>()
  for (const { kind, namespace, name, where } of manifests) {
    const key = `${kind}/${namespace}/${name}`
    if (seen.has(key)) throw new ManifestError(`${where} is there twice`, { hint: 'keep one of them' })
    seen.add(key)
  }
}

/** SPEC: kube-controller-manager keeps a service account `default` in every namespace. */
async function ensureNamespace(
  place: Place,
  name: string,
  keep: (manifest: Manifest) => Promise<ApplyOutcome>,
): Promise<void> {
  const own = parseManifests([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
  ])
  for (const manifest of own) if (!(await exists(place, manifest))) await keep(manifest)
}

/** @throws ManifestError when the namespace, or a Pod's service account, is not there */
async function refuseWithoutSurroundings(
  place: Place,
  { kind, namespace, where, serviceAccountName }: Manifest,
): Promise<void> {
  if (kind === 'Namespace') return
  if (!(await exists(place, { kind: 'Namespace', namespace: '', name: namespace }))) {
    throw new ManifestError(`${where}: namespaces "${namespace}" not found`, {
      hint: `apply a Namespace \`${namespace}\` with it, or before it`,
    })
  }
  if (
    serviceAccountName === undefined ||
    (await exists(place, { kind: 'ServiceAccount', namespace, name: serviceAccountName }))
  )
    return
  throw new ManifestError(
    `${where}: error looking up service account ${namespace}/${serviceAccountName}: serviceaccount "${serviceAccountName}" not found`,
    { hint: 'apply the ServiceAccount with it, or before it' },
  )
}

type Key = Pick<Manifest, 'kind' | 'namespace' | 'name'>

async function exists(place: Place, key: Key): Promise<boolean> {
  return (await rowOf(place, key)) !== undefined
}

function rowOf({ tx, cluster }: Place, { kind, namespace, name }: Key) {
  return tx
    .selectFrom('cluster_objects')
    .select(['uid', 'manifest'])
    .where('cluster', '=', cluster)
    .where('kind', '=', kind)
    .where('namespace', '=', namespace)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** Stores an object; its uid and its birth stay what they were. */
async function keepObject(
  place: Place,
  manifest: Manifest,
  { clock, randomness }: Pick<ObjectParts, 'clock' | 'randomness'>,
): Promise<ApplyOutcome> {
  const { tx, cluster } = place
  const { kind, namespace, name, text } = manifest
  const found = await rowOf(place, manifest)
  if (found === undefined) {
    const row = { cluster, kind, namespace, name, uid: randomness.uuid(), created_at: clock.now(), manifest: text }
    await tx.insertInto('cluster_objects').values(row).execute()
    return 'created'
  }
  if (found.manifest === text) return 'unchanged'
  await tx
    .updateTable('cluster_objects')
    .set({ manifest: text })
    .where('cluster', '=', cluster)
    .where('kind', '=', kind)
    .where('namespace', '=', namespace)
    .where('name', '=', name)
    .execute()
  return 'configured'
}
