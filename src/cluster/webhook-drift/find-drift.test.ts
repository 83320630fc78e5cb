import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/index.ts'
import { seededRandomness } from '../../core/testing/fixed.ts'
import { DEFAULT_WEBHOOK_SETTINGS, decideMutation, type IdentityLookup } from '../webhook/index.ts'
import { findDrift } from './index.ts'

const ROLE = 'arn:aws:iam::111122223333:role/orders'
const randomness = seededRandomness('drift')
const settings = DEFAULT_WEBHOOK_SETTINGS
const lookupOf = (role?: string): IdentityLookup => ({
  serviceAccount: { outcome: 'found', annotations: role === undefined ? {} : { 'eks.amazonaws.com/role-arn': role } },
  containerCredentials: 'unlisted',
})
const find = (pod: JsonObject, role?: string) => findDrift(pod, { lookup: lookupOf(role), settings, randomness })
const podOf = (...containers: readonly JsonObject[]): JsonObject => ({
  metadata: { name: 'orders' },
  spec: { serviceAccountName: 'orders', containers },
})
const BARE = podOf({ name: 'app', image: 'x' }, { name: 'proxy', image: 'x', env: [{ name: 'A', value: 'b' }] })

/** As the API server would have it after the webhook. */
function mutated(pod: JsonObject, role: string): JsonObject {
  const made = structuredClone(pod) as Record<string, JsonValue>
  for (const { path, value } of decideMutation(pod, lookupOf(role), { settings, randomness }).operations) {
    const steps = path.slice(1).split('/')
    const last = steps.pop() ?? ''
    // biome-ignore lint/suspicious/noExplicitAny: a walk through any object
    const parent = steps.reduce<any>((at, step) => at[step], made)
    if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : Number(last), 0, value)
    else parent[last] = value
  }
  return made
}

describe('a running pod', () => {
  it('that was created before its service account had the role lacks credentials, in every container', () => {
    expect(find(BARE, ROLE)).toMatchObject({ finding: 'missing', containers: ['app', 'proxy'], roleArn: ROLE })
    expect(find(BARE, ROLE)?.message).toContain(`containers app, proxy without credentials for the role ${ROLE}`)
  })

  it('that the webhook has seen lacks nothing, and neither does one without a role', () => {
    expect(find(mutated(BARE, ROLE), ROLE)).toBeUndefined()
    expect(find(BARE)).toBeUndefined()
    expect(find(BARE, '  ')).toBeUndefined()
  })

  it('whose service account has another role by now is told of', () => {
    const other = ROLE.replace('orders', 'billing')
    expect(find(mutated(BARE, ROLE), other)).toMatchObject({ finding: 'other-role', containers: ['app', 'proxy'] })
  })

  it('with a role set by hand is left alone', () => {
    const env = [
      { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::999999999999:role/mine' },
      { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/mine' },
    ]
    expect(find(podOf({ name: 'app', env }), ROLE)).toBeUndefined()
  })

  it('with half a pair set by hand is blocked: making it anew would not help', () => {
    const found = find(podOf({ name: 'app', env: [{ name: 'AWS_ROLE_ARN', value: ROLE }] }), ROLE)
    expect(found).toMatchObject({ finding: 'blocked' })
    expect(found?.message).toContain('AWS_WEB_IDENTITY_TOKEN_FILE is not added')
  })

  it('with something else at the mount path is blocked', () => {
    const volumeMounts = [{ name: 'x', mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount' }]
    expect(find(podOf({ name: 'app', volumeMounts }), ROLE)).toMatchObject({ finding: 'blocked' })
  })

  it('is not told of for a container that is skipped, a region alone, or an init container that has ended', () => {
    const skipped = { ...BARE, metadata: { annotations: { 'eks.amazonaws.com/skip-containers': 'app, proxy' } } }
    expect(find(skipped, ROLE)).toBeUndefined()
    const inRegion = { ...settings, region: 'eu-central-1' }
    expect(findDrift(mutated(BARE, ROLE), { lookup: lookupOf(ROLE), settings: inRegion, randomness })).toBeUndefined()
    const init = mutated(BARE, ROLE)
    const spec = { ...(init.spec as JsonObject), initContainers: [{ name: 'init' }] }
    expect(find({ ...init, spec }, ROLE)).toBeUndefined()
  })

  it('is told of for a sidecar, which is an init container that never ends', () => {
    const made = mutated(BARE, ROLE)
    const initContainers = [{ name: 'ended' }, { name: 'sidecar', restartPolicy: 'Always' }]
    const spec = { ...(made.spec as JsonObject), initContainers }
    expect(find({ ...made, spec }, ROLE)).toMatchObject({ finding: 'missing', containers: ['sidecar'] })
  })
})
