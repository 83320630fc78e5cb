import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AccountId, OpenirsaError, TokenError } from '../../core/index.ts'
import { fixedClock } from '../../core/testing/fixed.ts'
import { systemRandomness } from '../../io/host/index.ts'
import { SILENT_LOG as log } from '../../io/host/testing/logs.ts'
import { type ClusterWanted, type KnownClusters, openKnownClusters } from './index.ts'
import { type ClusterUnderTest, JWKS, startCluster, TOKEN_REVIEWS } from './testing/cluster-under-test.ts'

const HOUR = 3600
let directory: string
let cluster: ClusterUnderTest
let clusters: KnownClusters
const opened: KnownClusters[] = []
const clock = fixedClock('2026-05-01T10:00:00Z')

async function open(): Promise<KnownClusters> {
  const host = { clock, randomness: systemRandomness, log, environment: {} }
  const made = await openKnownClusters({
    path: join(directory, 'clusters.json'),
    isOwnIssuer: (issuer) => issuer === 'https://own.example',
    host,
  })
  opened.push(made)
  return made
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'openirsa-cluster-'))
  clock.set('2026-05-01T10:00:00Z')
  cluster = await startCluster(directory)
  clusters = await open()
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  await cluster.api.close()
  rmSync(directory, { recursive: true, force: true })
})

const wanted = (more: Partial<ClusterWanted> = {}): ClusterWanted => ({
  name: 'kind',
  kubeconfig: cluster.kubeconfig,
  verifiesBoundObjects: false,
  account: '111122223333' as AccountId,
  audiences: ['sts.amazonaws.com'],
  ...more,
})
const faultOf = (work: Promise<unknown>): Promise<OpenirsaError> =>
  work.then(
    () => expect.fail('nothing was refused'),
    (failure: unknown) => {
      expect(failure).toBeInstanceOf(OpenirsaError)
      return failure as OpenirsaError
    },
  )
const findKey = (keyId: string, among = clusters) => among.find('https://one.example')!.findKey(keyId)
async function reasonOf(work: Promise<unknown>): Promise<string> {
  const fault = await faultOf(work)
  expect(fault).toBeInstanceOf(TokenError)
  return (fault as TokenError).reason
}

describe('a cluster that is added', () => {
  it('gives its keys, and is kept as a reference without its credentials', async () => {
    const added = await clusters.add(wanted())
    expect(added).toMatchObject({
      issuer: 'https://one.example',
      context: 'one',
      addedAt: '2026-05-01T10:00:00Z',
      serverIsVerified: true,
      keys: { state: 'current', keyIds: ['key-1'], holdUntil: '2026-05-01T22:00:00Z' },
    })
    expect((await findKey('key-1')).keyId).toBe('key-1')
    expect(clusters.find('https://one.example')?.confirm).toBeUndefined()
    expect(clusters.find('https://one.example/')).toBeUndefined()
    const book = readFileSync(join(directory, 'clusters.json'), 'utf8')
    expect(book).toContain(cluster.kubeconfig)
    expect(book).not.toContain('canary')
  })

  it('may have the issuer that every kubeadm cluster has', async () => {
    cluster.issuer = 'https://kubernetes.default.svc.cluster.local'
    expect((await clusters.add(wanted())).issuer).toBe('https://kubernetes.default.svc.cluster.local')
  })

  it('whose API server may be anybody is told as such, also later', async () => {
    const config = readFileSync(cluster.kubeconfig, 'utf8')
    writeFileSync(cluster.kubeconfig, config.replace('"server":', '"insecure-skip-tls-verify":true,"server":'))
    expect((await clusters.add(wanted())).serverIsVerified).toBe(false)
    expect((await open()).list()[0]?.serverIsVerified).toBe(false)
  })

  it('outlives a restart, also while its API server is away', async () => {
    await clusters.add(wanted())
    cluster.isAway = true
    const later = await open()
    expect((await findKey('key-1', later)).keyId).toBe('key-1')
    await expect.poll(() => later.list()[0]?.keys.state).toBe('held')
    expect(later.list()[0]?.keys.failure).toBe('the API server answers 503: not now')
  })

  it('its keys hold twelve hours without its API server, and not a second longer', async () => {
    await clusters.add(wanted())
    cluster.isAway = true
    clock.advanceSeconds(12 * HOUR - 1)
    await findKey('key-1')
    clock.advanceSeconds(1)
    const fault = await faultOf(findKey('key-1'))
    expect(fault).toMatchObject({ reason: 'issuer-unreachable', detail: 'the API server answers 503: not now' })
    expect(clusters.list()[0]?.keys).toMatchObject({ state: 'none', keyIds: [] })
    cluster.isAway = false
    clock.advanceSeconds(2)
    await findKey('key-1')
    clock.set('2026-05-01T09:00:00Z')
    cluster.isAway = true
    expect(await reasonOf(findKey('key-1'))).toBe('issuer-unreachable')
  })

  it('a key that is new is fetched, and unknown ones fetch once in thirty seconds', async () => {
    await clusters.add(wanted())
    cluster.keyIds = ['key-2']
    expect((await findKey('key-2')).keyId).toBe('key-2')
    const before = cluster.count(JWKS)
    for (let attempt = 0; attempt < 20; attempt += 1) expect(await reasonOf(findKey('key-1'))).toBe('unknown-key')
    expect(cluster.count(JWKS)).toBe(before)
    clock.advanceSeconds(30)
    expect(await reasonOf(findKey('key-1'))).toBe('unknown-key')
    expect(cluster.count(JWKS)).toBe(before + 1)
  })

  it('whose kubeconfig leads to another issuer by now gives no key of that one', async () => {
    await clusters.add(wanted())
    cluster.issuer = 'https://other.example'
    cluster.keyIds = ['key-2']
    expect(await reasonOf(findKey('key-2'))).toBe('unknown-key')
    expect(clusters.list()[0]?.keys.failure).toContain('another issuer, `https://other.example`')
  })

  it('keeps the context that was current, whatever is current later', async () => {
    await clusters.add(wanted())
    const config = readFileSync(cluster.kubeconfig, 'utf8')
    writeFileSync(cluster.kubeconfig, config.replace('"current-context":"one"', '"current-context":"gone"'))
    const later = await open()
    await expect.poll(() => cluster.count(JWKS)).toBe(2)
    await expect.poll(() => later.list()[0]?.keys.state).toBe('current')
  })

  it('is gone when it is removed, and may be added again', async () => {
    await clusters.add(wanted())
    expect((await clusters.remove('kind')).issuer).toBe('https://one.example')
    expect(clusters.find('https://one.example')).toBeUndefined()
    expect((await open()).list()).toEqual([])
    expect((await faultOf(clusters.remove('kind'))).message).toBe('there is no cluster `kind`')
    await clusters.add(wanted())
    expect(clusters.list()).toHaveLength(1)
  })
})

describe('a cluster is not added', () => {
  const refusal = async (more: Partial<ClusterWanted> = {}) => {
    const before = clusters.list()
    const fault = await faultOf(clusters.add(wanted(more)))
    expect(clusters.list()).toEqual(before)
    return fault
  }

  it('under the issuer of another, also when both come at once; the way out is told', async () => {
    const both = await Promise.allSettled([clusters.add(wanted()), clusters.add(wanted({ name: 'other' }))])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    const fault = await refusal({ name: 'third' })
    expect(fault.message).toContain('`https://one.example` is already that of the cluster `kind`')
    expect(fault.hint).toContain('--service-account-issuer')
    expect(fault.hint).toContain('openirsa cluster remove kind')
  })

  it("under an issuer of this installation's own clusters", async () => {
    cluster.issuer = 'https://own.example'
    expect((await refusal()).message).toContain('already that of a cluster of this installation')
  })

  it('under a name that is taken, or none', async () => {
    await clusters.add(wanted())
    expect((await refusal()).hint).toContain('openirsa cluster remove kind')
    for (const name of ['', 'local', 'a b', '../x', 'a'.repeat(101)])
      expect((await refusal({ name })).message).toContain('no cluster can be added as')
  })

  it('when IAM could have no provider for its issuer', async () => {
    for (const issuer of ['https://10.0.0.1:6443', 'http://a.example', 'kubernetes/serviceaccount', '']) {
      cluster.issuer = issuer
      expect((await refusal()).hint).toContain('--service-account-issuer')
    }
  })

  it('when its API server says nothing of use, or nothing at all', async () => {
    cluster.keyIds = []
    expect((await refusal()).message).toContain('no key that can be used')
    cluster.isAway = true
    expect((await refusal()).message).toContain('503')
    expect((await refusal({ context: 'nope' })).message).toContain('has no context `nope`')
    expect((await refusal({ kubeconfig: join(directory, 'nope') })).message).toContain('ENOENT')
  })

  it('with every token to be asked about, when the kubeconfig does not let us ask', async () => {
    expect((await refusal({ verifiesBoundObjects: true })).message).toContain('403: may not')
    cluster.review = { authenticated: false, error: 'no token' }
    await clusters.add(wanted({ verifiesBoundObjects: true }))
    expect(clusters.find('https://one.example')?.confirm).toBeDefined()
    expect(cluster.count(TOKEN_REVIEWS)).toBe(2)
  })
})

it('a file of references that is damaged, or open to others, keeps an installation from starting', async () => {
  await clusters.add(wanted())
  const path = join(directory, 'clusters.json')
  for (const text of ['{', '{"version":2,"clusters":[]}', '{"version":1,"clusters":[{}]}']) {
    writeFileSync(path, text)
    expect((await faultOf(open())).message).toContain('cannot be read')
  }
  chmodSync(path, 0o644)
  expect((await faultOf(open())).message).toContain('open to others')
})
