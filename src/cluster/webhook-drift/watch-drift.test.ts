import { afterEach, describe, expect, it } from 'vitest'
import { seconds } from '../../core/index.ts'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { createLog } from '../../io/host/index.ts'
import { KubeError, type KubeObject, type KubeReason } from '../../io/kube/index.ts'
import { DEFAULT_WEBHOOK_SETTINGS } from '../webhook/index.ts'
import {
  type DriftReport,
  type DriftWatch,
  type DriftWatchOptions,
  planNotices,
  planRestarts,
  watchDrift,
} from './index.ts'

const ROLE = 'arn:aws:iam::111122223333:role/orders'
const account: KubeObject = {
  metadata: { name: 'orders', namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
}
const pod = (name: string, metadata: object = {}): KubeObject => ({
  metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, ...metadata },
  spec: { serviceAccountName: 'orders', containers: [{ name: 'app' }] },
})
const ownedBy = (kind: string, apiVersion: string) => ({
  ownerReferences: [{ apiVersion, kind, name: 'orders-1', uid: 'uid-of-owner', controller: true }],
})

let watches: DriftWatch[] = []
afterEach(async () => {
  await Promise.all(watches.map((each) => each.close()))
  watches = []
})

/** A cluster of those pods; whoever is asked for by name is not there, unless it is among `owners`. */
function watch(pods: readonly KubeObject[], more: { owners?: readonly KubeObject[]; refusing?: KubeReason } = {}) {
  const created: { readonly name: string; readonly reason: unknown; readonly about: unknown }[] = []
  const lines: string[] = []
  const kube: DriftWatchOptions['kube'] = {
    list: async ({ kind }, { keep }) => {
      if (more.refusing !== undefined) throw new KubeError(more.refusing, 'no')
      const items = (kind === 'Pod' ? pods : [account]).flatMap((object) => keep(object) ?? [])
      return { items, resourceVersion: '1' }
    },
    find: async (_resource, { name }) => more.owners?.find(({ metadata }) => metadata.name === name),
    create: async (_resource, document) => {
      const { name = '' } = document.metadata
      if (created.some((event) => event.name === name)) throw new KubeError('already-exists', 'it is there')
      created.push({ name, reason: document.reason, about: document.involvedObject })
      return { metadata: { name } }
    },
  }
  const made = watchDrift({
    kube,
    settings: DEFAULT_WEBHOOK_SETTINGS,
    skipLabel: 'skip',
    findExcludedNamespaces: async () => ['left-out'],
    intervalSeconds: seconds(300),
    clock: fixedClock('2026-03-01T12:00:00Z'),
    randomness: seededRandomness('drift'),
    log: createLog({ level: 'info', format: 'text', write: (line) => void lines.push(line) }),
  })
  watches.push(made)
  return { watch: made, created, lines }
}

describe('a look at running pods', () => {
  it('tells of each pod and of its Deployment rather than its ReplicaSet, and never twice', async () => {
    const replicaSet: KubeObject = {
      metadata: {
        name: 'orders-1',
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders', uid: 'uid-top', controller: true },
        ],
      },
    }
    const owned = ownedBy('ReplicaSet', 'apps/v1')
    const { watch: drift, created } = watch([pod('one', owned), pod('two', owned)], { owners: [replicaSet] })
    await drift.look()
    await drift.look()
    expect(created.map(({ about }) => (about as { kind: string }).kind)).toEqual(['Deployment', 'Pod', 'Pod'])
    expect(created[0]).toMatchObject({ reason: 'MissingCredentials', about: { name: 'orders', namespace: 'shop' } })
    expect(created.every(({ name }) => /^[a-z0-9-]+\.[0-9a-f]{16}$/.test(name))).toBe(true)
  })

  it('passes over pods that end, that are skipped by their label, and of namespaces left out', async () => {
    const { watch: drift, created } = watch([
      pod('ending', { deletionTimestamp: '2026-03-01T12:00:00Z' }),
      pod('skipped', { labels: { skip: '' } }),
      pod('elsewhere', { namespace: 'left-out' }),
    ])
    await drift.look()
    expect(drift.report()).toMatchObject({ podCount: 3, drifted: [] })
    expect(created).toEqual([])
  })

  it('takes an owner that is gone, and one of a kind unknown here, for the controller', async () => {
    const { watch: drift } = watch([
      pod('one', ownedBy('ReplicaSet', 'apps/v1')),
      pod('two', ownedBy('Rollout', 'argoproj.io/v1alpha1')),
      pod('three'),
    ])
    await drift.look()
    expect(drift.report()?.drifted.map(({ controller }) => controller?.kind)).toEqual([
      'ReplicaSet',
      'Rollout',
      undefined,
    ])
    // Neither knows how to make its pods anew one after the other.
    expect(planRestarts(drift.report() as DriftReport)).toEqual([])
  })

  it.each(['unreachable', 'forbidden'] as const)(
    'that is answered %s keeps what was found before, and says why',
    async (refusing) => {
      const { watch: drift, lines } = watch([pod('one')], { refusing })
      await drift.look()
      expect(drift.report()).toBeUndefined()
      expect(lines.join('')).toContain('running pods could not be looked at reason=no')
    },
  )

  it('does not flood: a controller gets one notice for each finding', () => {
    const about = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'orders', uid: 'top' }
    const drifted = Array.from({ length: 50 }, (_, index) => ({
      finding: index % 2 === 0 ? ('missing' as const) : ('other-role' as const),
      containers: ['app'],
      roleArn: ROLE,
      message: 'so it is',
      pod: { ...about, kind: 'Pod', name: `one-${index}`, uid: `${index}` },
      serviceAccountName: 'orders',
      controller: about,
    }))
    const notices = planNotices({ seenAt: fixedClock(0).now(), podCount: 50, drifted })
    expect(notices.filter(({ about: { kind } }) => kind === 'Deployment').map(({ message }) => message)).toEqual([
      '25 of its pods, such as one-0: so it is',
      '25 of its pods, such as one-1: so it is',
    ])
    expect(notices).toHaveLength(52)
  })
})
