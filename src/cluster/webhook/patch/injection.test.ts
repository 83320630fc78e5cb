import { describe, expect, it } from 'vitest'
import type { PodIdentity } from '../pod-identity.ts'
import { readPod } from '../pod-view.ts'
import { DEFAULT_WEBHOOK_SETTINGS } from '../settings.ts'
import { injectionOf } from './injection.ts'
import { findTokenVolume } from './token-volume.ts'

const settings = { ...DEFAULT_WEBHOOK_SETTINGS }
const view = readPod({})
if (typeof view === 'string') throw new Error(view)
const pod = view

const identityOf = (more: Partial<PodIdentity> = {}): PodIdentity => ({
  kind: 'web-identity',
  source: 'service-account',
  roleArn: 'arn:aws:iam::111122223333:role/orders',
  audience: 'sts.amazonaws.com',
  usesRegionalSts: true,
  expirationSeconds: () => 86_400,
  ...more,
})
const injection = (more: Partial<PodIdentity> = {}) => {
  const identity = identityOf(more)
  return injectionOf(identity, findTokenVolume(pod, identity, settings), { settings, style: 'posix' })
}
const times = (count: number) => Array.from({ length: count }, (_, at) => at)

const VOLUME = {
  name: 'aws-iam-token',
  projected: { sources: [{ serviceAccountToken: { audience: 'other', expirationSeconds: 600, path: 'token' } }] },
}

describe('what is made once for all pods of an identity', () => {
  it('is the same for equal identities, and another for one that differs in anything it depends on', () => {
    expect(injection()).toBe(injection())
    for (const more of [{ roleArn: 'arn:aws:iam::111122223333:role/other' }, { audience: 'other' }])
      expect(injection(more)).not.toBe(injection())
    expect(injection({ usesRegionalSts: false })).not.toBe(injection())
    expect(injection({ kind: 'container-credentials' })).not.toBe(injection())
  })

  it('has the audience and the life of the token', () => {
    expect(injection({ audience: 'other' }).volumeFor(600)).toMatchObject({
      toList: { path: '/spec/volumes/0', value: VOLUME },
      asList: { path: '/spec/volumes', value: [VOLUME] },
    })
    expect(injection().volumeFor(600)).toBe(injection().volumeFor(600))
  })

  it('is not kept for as many audiences and lives as somebody cares to write', () => {
    const first = injection()
    const volume = first.volumeFor(600)
    for (const at of times(100)) first.volumeFor(1000 + at)
    expect(first.volumeFor(600)).not.toBe(volume)
    for (const at of times(100)) injection({ audience: `audience-${at}` })
    expect(injection()).not.toBe(first)
  })

  it('is not kept for texts as long as somebody cares to write', () => {
    const roleArn = `arn:aws:iam::111122223333:role/${'x'.repeat(5000)}`
    expect(injection({ roleArn })).not.toBe(injection({ roleArn }))
    const audience = 'x'.repeat(5000)
    expect(injection({ audience })).not.toBe(injection({ audience }))
  })
})
