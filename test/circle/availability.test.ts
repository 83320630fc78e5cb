import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NAMESPACE, roleArn } from './harness/cast.ts'
import { hasIdentity, keepCreating, longestRefusedMs, type Outcome } from './harness/creations.ts'
import {
  type Circle,
  describeWithNode,
  eventually,
  type KubernetesObject,
  startCircle,
  WEBHOOK,
} from './harness/index.ts'
import { serviceAccountOf } from './harness/workload.ts'

/**
 * So short that everything is made anew while the test looks on, and long enough that what is due while the API server is away, which a busy machine
 * takes half a minute to start, is still good when it is back.
 */
const LIVES = ['--certificate-lifetime=120s', '--authority-lifetime=360s', '--certificate-wait=15s']
const LIMIT_MS = 540_000

describeWithNode('the webhook under Fail, while pods are created all the time', () => {
  let circle: Circle
  beforeAll(async () => {
    circle = await startCircle({ manifest: ['--failure-policy', 'Fail', ...LIVES] })
    const orders = { namespace: NAMESPACE, name: 'orders', roleArn: roleArn('orders') }
    await circle.node.kubectl.apply(serviceAccountOf(orders))
  })
  afterAll(() => circle?.stop())

  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)
  const leafNow = async (): Promise<string> => {
    const { data } = await circle.node.kubectl.get('secret', `${WEBHOOK}-certificates`, '-n', WEBHOOK)
    return digest(data['tls.crt'])
  }
  const authoritiesNow = async (): Promise<string> => {
    const { webhooks } = await circle.node.kubectl.get('mutatingwebhookconfiguration', WEBHOOK)
    return digest(webhooks[0].clientConfig.caBundle)
  }

  test(
    'lets none through without its identity and hardly refuses any: a replica killed, leaf and authority renewed, the API server restarted',
    async () => {
      const { node } = circle
      const creating = keepCreating(node, NAMESPACE, { serviceAccountName: 'orders', everyMs: 100 })
      const [leaves, bundles] = [new Set([await leafNow()]), new Set([await authoritiesNow()])]

      const { items } = await node.kubectl.get('pods', '-n', WEBHOOK)
      await node.kubectl('delete', 'pod', items[0].metadata.name, '-n', WEBHOOK, '--grace-period=0', '--force')
      await eventually(
        'two replicas again',
        async () => {
          const { status }: KubernetesObject = await node.kubectl.get('deployment', WEBHOOK, '-n', WEBHOOK)
          return status.readyReplicas === 2
        },
        { limitMs: 60_000 },
      )

      await node.apiServer.restart()

      // Both together, the new one alone: two bundles after the first one.
      await eventually(
        'a new leaf and a new authority',
        async () => {
          leaves.add(await leafNow())
          bundles.add(await authoritiesNow())
          return leaves.size >= 3 && bundles.size >= 3
        },
        { limitMs: LIMIT_MS - 90_000, everyMs: 2000 },
      )

      const creations = await creating.stop()
      const count = (outcome: Outcome): number => creations.filter((one) => one.outcome === outcome).length
      const [mutated, unmutated, refused] = [count('mutated'), count('unmutated'), count('refused')]
      const waited = creations.filter(({ unanswered }) => unanswered > 0)
      console.log(`note: ${creations.length} creations: ${mutated} mutated, ${unmutated} not, ${refused} refused`)
      console.log(
        `note: ${waited.length} met no API server at first and asked again (${waited.reduce((sum, { unanswered }) => sum + unanswered, 0)} times)`,
      )
      console.log(
        `note: longest gap ${longestRefusedMs(creations)} ms by refusals, ${Math.max(0, ...waited.map(({ waitedMs }) => waitedMs))} ms without an API server`,
      )
      console.log(`note: ${leaves.size} leaves, ${bundles.size} sets of authorities were seen`)
      const messages = [...new Set(creations.flatMap(({ message }) => message ?? []))]
      expect(unmutated).toBe(0)
      expect(mutated, messages.join('\n')).toBeGreaterThan(100)
      expect(mutated / creations.length, messages.join('\n')).toBeGreaterThanOrEqual(0.99)
      // Also of those whose answer was lost: what is in the cluster counts.
      const there = await node.kubectl.get('pods', '-n', NAMESPACE)
      const made = there.items.filter(({ metadata }: KubernetesObject) => metadata.name.startsWith('created-'))
      expect(made.length).toBeGreaterThanOrEqual(mutated)
      expect(
        made
          .filter((pod: KubernetesObject) => !hasIdentity(pod))
          .map(({ metadata }: KubernetesObject) => metadata.name),
      ).toEqual([])
    },
    LIMIT_MS,
  )
})
