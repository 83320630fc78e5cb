import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seconds } from '../../core/index.ts'
import { fixedClock, seededRandomness } from '../../core/testing/fixed.ts'
import { createLog } from '../../io/host/index.ts'
import { KubeError } from '../../io/kube/index.ts'
import { createSelfManagedCertificates, type SelfManagedCertificates, type SelfManagedOptions } from './index.ts'
import { type ClusterUnderTest, clusterUnderTest } from './testing/cluster-under-test.ts'

const DAY = 24 * 3600
const HOST = 'openirsa-webhook.openirsa-webhook.svc'
const START = '2026-03-01T12:00:00Z'

let clock: ReturnType<typeof fixedClock>
let cluster: ClusterUnderTest
let lines: string[]
let started: SelfManagedCertificates[]

beforeEach(() => {
  clock = fixedClock(START)
  cluster = clusterUnderTest()
  lines = []
  started = []
})
afterEach(() => Promise.all(started.map((each) => each.close())))

/** A replica that has looked once. */
async function start(seed = 'one', more: Partial<SelfManagedOptions> = {}): Promise<SelfManagedCertificates> {
  const made = createSelfManagedCertificates({
    kube: cluster.kube,
    namespace: 'openirsa-webhook',
    secretName: 'openirsa-webhook-certificates',
    serviceName: 'openirsa-webhook',
    configurationName: 'openirsa-webhook',
    hosts: [HOST],
    lives: {
      certificateSeconds: seconds(90 * DAY),
      authoritySeconds: seconds(365 * DAY),
      waitSeconds: seconds(300),
      intervalSeconds: seconds(20),
    },
    clock,
    randomness: seededRandomness(seed),
    log: createLog({ level: 'info', format: 'json', write: (line) => void lines.push(line) }),
    ...more,
  })
  started.push(made)
  await made.refresh()
  return made
}

const textOf = (key: string): string =>
  Buffer.from(String((cluster.secret?.data as Record<string, string>)?.[key] ?? ''), 'base64').toString('utf8')
const bundle = (): string => {
  const [webhook] = (cluster.configuration?.webhooks ?? []) as { clientConfig: { caBundle?: string } }[]
  return Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString('utf8')
}
const authorities = (): readonly string[] =>
  bundle()
    .split(/(?=-----BEGIN)/)
    .filter((pem) => pem !== '')
/** As `kubectl annotate` does it. */
const wish = (what: string): void => {
  const { metadata, ...rest } = cluster.secret ?? { metadata: { name: '' } }
  const annotations = { 'openirsa.dev/rotate': what, other: 'kept' }
  const resourceVersion = `${metadata.resourceVersion}-annotated`
  cluster.secret = { ...rest, metadata: { ...metadata, resourceVersion, annotations } }
}
/** The invariant: whoever believes the bundle believes what is shown. */
function expectTrusted(replica: SelfManagedCertificates): void {
  const leaf = new X509Certificate(replica.current()?.certificate ?? '')
  const signers = authorities().filter((pem) => leaf.verify(new X509Certificate(pem).publicKey))
  expect(signers).toHaveLength(1)
  expect(leaf.checkHost(HOST)).toBe(HOST)
}

describe('certificates of the webhook itself', () => {
  it('are made into the empty Secret, which keeps what else it has, and API servers are told to trust them', async () => {
    const replica = await start()
    expect(cluster.calls).toEqual([
      'find MutatingWebhookConfiguration',
      'find Secret',
      'replace Secret',
      'patch MutatingWebhookConfiguration',
    ])
    expect(cluster.secret).toMatchObject({ kind: 'Secret', type: 'Opaque', metadata: { labels: { kept: 'yes' } } })
    expectTrusted(replica)
    expect(replica.condition()).toMatchObject({
      phase: 'steady',
      isTrusted: true,
      expiresAt: clock.now() + 90 * DAY * 1000,
    })
    expect(replica.current()?.key.reveal()).toBe(textOf('tls.key'))
  })

  it('are left alone when nothing is due', async () => {
    const replica = await start()
    cluster.calls.length = 0
    clock.advanceSeconds(59 * DAY)
    await replica.refresh()
    expect(cluster.calls).toEqual(['find MutatingWebhookConfiguration', 'find Secret'])
  })

  it('come of one authority, though many replicas start together', async () => {
    const replicas = await Promise.all(['a', 'b', 'c', 'd'].map((seed) => start(seed)))
    await Promise.all(replicas.map((replica) => replica.refresh()))
    expect(authorities()).toEqual([textOf('ca.crt')])
    for (const replica of replicas) expect(replica.current()?.certificate).toBe(textOf('tls.crt'))
    expect(cluster.calls.filter((call) => call === 'replace Secret').length).toBeGreaterThan(1)
  })

  it('are renewed when two thirds of their life are over, and every replica hears of it at its next look', async () => {
    const [first, second] = [await start('a'), await start('b')]
    const told: string[] = []
    second.onChange(({ certificate }) => told.push(certificate))
    const before = first.current()?.certificate
    clock.advanceSeconds(60 * DAY)
    await first.refresh()
    expect(first.current()?.certificate).not.toBe(before)
    expect(second.current()?.certificate).toBe(before)
    await second.refresh()
    expect(told).toEqual([first.current()?.certificate])
    expectTrusted(second)
    expect(authorities()).toHaveLength(1)
  })

  it('hide their keys from the log', async () => {
    await start()
    for (const key of ['ca.key', 'tls.key']) expect(lines.join('')).not.toContain(textOf(key).split('\n')[1])
    expect(lines.join('')).not.toContain('PRIVATE')
  })
})

describe('another authority', () => {
  /** Lets the clock go on to where an authority is due, with one of its certificates renewed on the way. */
  async function untilDue(replica: SelfManagedCertificates): Promise<void> {
    for (let day = 0; day < 244; day += 61) {
      clock.advanceSeconds(61 * DAY)
      await replica.refresh()
    }
  }

  it('is added, waited for, switched to and dropped; what is shown is trusted all the time, also that of a late replica', async () => {
    const [replica, late] = [await start('a'), await start('b')]
    const old = textOf('ca.crt')
    await untilDue(replica)
    await late.refresh()

    expect(replica.condition().phase).toBe('added')
    expect(authorities()).toEqual([old, textOf('next-ca.crt')])
    for (const each of [replica, late]) expectTrusted(each)

    clock.advanceSeconds(299)
    await replica.refresh()
    expect(textOf('ca.crt')).toBe(old)

    clock.advanceSeconds(1)
    const next = textOf('next-ca.crt')
    await replica.refresh()
    expect(replica.condition().phase).toBe('switched')
    expect([textOf('ca.crt'), textOf('previous-ca.crt'), textOf('next-ca.key')]).toEqual([next, old, ''])
    expect(authorities()).toEqual([next, old])
    for (const each of [replica, late]) expectTrusted(each)
    expect(replica.current()?.certificate).not.toBe(late.current()?.certificate)

    clock.advanceSeconds(299)
    await late.refresh()
    expect(authorities()).toHaveLength(2)
    clock.advanceSeconds(1)
    await late.refresh()
    expect(late.condition().phase).toBe('steady')
    expect(authorities()).toEqual([next])
    for (const each of [replica, late]) expectTrusted(each)
  })

  it('is not switched to as long as API servers have not been told of it', async () => {
    const replica = await start()
    await untilDue(replica)
    const next = textOf('next-ca.crt')
    cluster.configuration = clusterUnderTest().configuration
    clock.advanceSeconds(3600)
    await replica.refresh()
    expect(replica.condition().phase).toBe('added')
    expect(authorities()).toContain(next)
    await replica.refresh()
    expect(replica.condition().phase).toBe('switched')
  })

  it.each(['find MutatingWebhookConfiguration', 'find Secret'])(
    'is not taken away again by a replica that is overtaken before it does: %s',
    async (moment) => {
      const [replica, late] = [await start('a'), await start('b')]
      let isOvertaken = false
      cluster.beforeAnswer = async (call) => {
        if (call !== moment || isOvertaken) return
        isOvertaken = true
        wish('authority')
        await replica.refresh()
      }
      await late.refresh()
      expect(isOvertaken).toBe(true)
      expect(authorities()).toEqual([textOf('ca.crt'), textOf('next-ca.crt')])
      for (const each of [replica, late]) expectTrusted(each)
    },
  )

  it('is made at once for whoever asks by annotation, and so is another certificate', async () => {
    const replica = await start()
    const [certificate, authority] = [textOf('tls.crt'), textOf('ca.crt')]
    wish('certificate')
    await replica.refresh()
    expect(textOf('tls.crt')).not.toBe(certificate)
    expect(textOf('ca.crt')).toBe(authority)
    expect(cluster.secret?.metadata.annotations).toEqual({ other: 'kept' })
    wish('authority')
    await replica.refresh()
    expect(replica.condition().phase).toBe('added')
    expectTrusted(replica)
  })

  it('comes without a wait when the old one has ended: nobody can trust that any more', async () => {
    const replica = await start()
    const old = textOf('ca.crt')
    clock.advanceSeconds(400 * DAY)
    await replica.refresh()
    expect(authorities()).toEqual([textOf('ca.crt')])
    expect(textOf('ca.crt')).not.toBe(old)
    expectTrusted(replica)
  })
})

describe('what goes wrong', () => {
  it.each(['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])('a damaged %s is made anew, and said', async (key) => {
    const replica = await start()
    const data = { ...(cluster.secret?.data as Record<string, string>), [key]: 'bm9uc2Vuc2U=', other: 'a2VwdA==' }
    cluster.secret = { ...cluster.secret!, data }
    await replica.refresh()
    expectTrusted(replica)
    expect(textOf(key)).toContain('-----BEGIN')
    expect(textOf('other')).toBe('kept')
    expect(lines.join('')).toContain('damaged')
  })

  it('a Secret that is gone is never created: what is known stays in use, and the way out is said', async () => {
    const replica = await start()
    const before = replica.current()
    cluster.secret = undefined
    await replica.refresh()
    expect(replica.current()).toBe(before)
    expect(replica.condition().fault).toBe(
      'there is no Secret `openirsa-webhook/openirsa-webhook-certificates`: apply the manifest again: the webhook may not create it',
    )
  })

  it('without a configuration there is a certificate, and it is not called trusted', async () => {
    cluster.configuration = undefined
    const replica = await start()
    expect(replica.current()).toBeDefined()
    expect(replica.condition().isTrusted).toBe(false)
    expect(replica.condition().fault).toContain('no MutatingWebhookConfiguration `openirsa-webhook`')
    cluster.configuration = clusterUnderTest().configuration
    await replica.refresh()
    expect(replica.condition()).toMatchObject({ isTrusted: true })
    expect(replica.condition()).not.toHaveProperty('fault')
  })

  it('an API server that is away changes nothing, and is told', async () => {
    const replica = await start()
    const seenAt = replica.condition().seenAt
    cluster.beforeAnswer = () => {
      throw new KubeError('unreachable', 'the API server cannot be reached')
    }
    clock.advanceSeconds(61 * DAY)
    await replica.refresh()
    expect(replica.current()).toBeDefined()
    expect(replica.condition()).toMatchObject({ fault: 'the API server cannot be reached', isTrusted: true, seenAt })
  })

  it('somebody who always writes first is given way to, for now', async () => {
    cluster.beforeAnswer = (call) => {
      if (call === 'replace Secret') throw new KubeError('conflict', 'the object has been modified')
    }
    const replica = await start()
    expect(replica.current()).toBeUndefined()
    expect(cluster.calls.filter((call) => call === 'replace Secret')).toHaveLength(8)
    expect(replica.condition().fault).toBe('the object has been modified')
  })

  it.each([
    [{ waitSeconds: 10 }, /a wait of 10 s must be twice the interval/],
    [{ certificateSeconds: 60 }, /must live six times the interval/],
    [{ authoritySeconds: 100 * DAY }, /three times as long as a certificate/],
    [{ intervalSeconds: 0 }, /must be twice the interval/],
  ])('lives of %j are refused: there would be gaps', async (lives, message) => {
    const sound = { certificateSeconds: 90 * DAY, authoritySeconds: 365 * DAY, waitSeconds: 300, intervalSeconds: 20 }
    const asked = Object.fromEntries(
      Object.entries({ ...sound, ...lives }).map(([key, value]) => [key, seconds(value)]),
    )
    await expect(start('one', { lives: asked as never })).rejects.toThrow(message)
  })
})
