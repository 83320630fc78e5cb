import { expect, test } from 'vitest'
import type { DemoStep } from '../tools/demo/index.ts'
import { DENIAL } from '../tools/up/testing/pages-under-test.ts'
import { renderStep } from './render-step.ts'
import { terminalUnderTest } from './testing/terminal-under-test.ts'

const { paint } = terminalUnderTest()
const now = Date.parse('2026-03-01T12:00:00Z')

const STEPS: readonly (readonly [DemoStep, string])[] = [
  [{ kind: 'issuer', issuer: 'https://i', endpoint: 'http://e' }, '√ issuer     https://i\n√ endpoint   http://e'],
  [{ kind: 'provider', arn: 'arn:p', clientIds: ['sts.amazonaws.com'] }, '√ provider   arn:p, for sts.amazonaws.com'],
  [{ kind: 'role', arn: 'arn:r' }, '√ role       arn:r'],
  [
    { kind: 'trust', document: { Version: '2012-10-17' } },
    '√ trust      who may assume it:\n    {\n      "Version": "2012-10-17"\n    }',
  ],
  [
    { kind: 'exchange', accessKeyId: 'ASIA', expiration: '2026-03-01T13:00:00Z' },
    '√ exchange   AssumeRoleWithWebIdentity: ASIA, expires in 1 hour',
  ],
  [{ kind: 'identity', arn: 'arn:s' }, '√ identity   GetCallerIdentity: arn:s'],
  [
    { kind: 'allowed', action: 's3:GetObject', resource: 's3://b/k', text: 'he\u001bllo' },
    '√ allowed    s3:GetObject s3://b/k: he\\u001bllo',
  ],
  [
    { kind: 'refused', action: 's3:DeleteObject', resource: 's3://b/k', code: 'AccessDenied', message: 'User: …' },
    '√ refused    s3:DeleteObject s3://b/k\n    AccessDenied: User: …',
  ],
]

test.each(STEPS)('a step of the demo is one line for people, and what belongs to it below: %o', (step, text) => {
  expect(renderStep(step, { paint, now })).toBe(text)
})

test('the refusal is explained as `openirsa explain` does it', () => {
  const text = renderStep({ kind: 'explained', denial: DENIAL }, { paint, now })
  expect(text).toMatch(/^√ explained {2}openirsa explain abcdefghijklmn23\n {4}DENIED {2}sts:AssumeRole/)
  expect(text).toContain('\n      fix     run the pod as default/orders')
})
