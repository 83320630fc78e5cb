import { describe, expect, test } from 'vitest'
import { DENIAL } from '../tools/up/testing/pages-under-test.ts'
import { printResult } from './render-data.ts'
import { renderCauses, renderDenial } from './render-explanation.ts'
import { renderInspection } from './render-inspection.ts'
import { renderReady } from './render-ready.ts'
import { renderTable } from './render-table.ts'
import { renderDistance, renderSeconds } from './render-times.ts'
import { terminalUnderTest } from './testing/terminal-under-test.ts'

const terminal = terminalUnderTest()
const NOW = Date.parse('2026-03-01T12:00:00Z')
const ESCAPE = '\u001b[31mred\u001b[0m\nline\u202e'

describe('a refusal for people', () => {
  test('says what AWS answers, climbs the ladder, sets wanted against got and names the way out', () => {
    expect(renderDenial(DENIAL, terminal)).toBe(
      `DENIED  sts:AssumeRoleWithWebIdentity  arn:aws:iam::000000000000:role/orders
  AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity    (403, what AWS answers)

  The trust policy knows this issuer, but expects another service account.   IRSA301 trust-sub

  who      system:serviceaccount:default:other
  when     2026-03-01T12:00:00.000Z
  from     127.0.0.1
  request  6ad0c1f8-0f0f-4e3c-9d4e-4c1e5a1b2c3d
  id       abcdefghijklmn23

  ✓ token         passed: system:serviceaccount:default:other
  ✗ trust         broken: does not allow it
  · session       not reached
  – endpoint      absent

  nearest Allow statement 1: StringEquals …:sub does not match

  wanted  system:serviceaccount:default:orders
  got     system:serviceaccount:default:other
                                         ^

  fix     run the pod as default/orders`,
    )
  })

  test('lets nothing of the caller speak to the terminal', () => {
    const text = renderDenial({ ...DENIAL, resource: ESCAPE, principal: ESCAPE, got: [ESCAPE], fix: ESCAPE }, terminal)
    for (const mark of ['\u001b', '\u202e']) expect(text).not.toContain(mark)
    expect(text).toContain('\\u001b[31mred')
  })

  test('says that nothing came where nothing came', () => {
    const { got: _, differsAt: __, ...without } = DENIAL
    expect(renderDenial(without, terminal)).toContain('  got     nothing')
    const { wanted: ___, ...neither } = without
    expect(renderDenial(neither, terminal)).not.toContain('wanted')
  })

  test('several causes stand apart', () => {
    const cause = { code: 'IRSA1', name: 'one', rung: 'trust', summary: 'S.', fix: 'f' } as const
    expect(renderCauses([cause, { ...cause, code: 'IRSA2' }], terminal)).toBe(
      'IRSA1 one\n\n  S.\n\n  fix     f\n\nIRSA2 one\n\n  S.\n\n  fix     f',
    )
  })
})

describe('a decoded token for people', () => {
  const claims = {
    iss: 'https://i',
    aud: ['sts.amazonaws.com'],
    iat: NOW / 1000 - 60,
    exp: NOW / 1000 + 3540,
    'kubernetes.io': { namespace: 'shop' },
  }
  const inspection = { kind: 'projected', header: { alg: 'RS256' }, claims, problems: [] } as const

  test('is NOT VERIFIED, with times in words', () => {
    expect(renderInspection(inspection, NOW, terminal)).toBe(
      `NOT VERIFIED: a service account's projected token

header
  alg  RS256

claims
  iss            https://i
  aud            sts.amazonaws.com
  iat            2026-03-01T11:59:00Z  issued 1 minute ago
  exp            2026-03-01T12:59:00Z  expires in 59 minutes
  kubernetes.io
    namespace    shop

It lives 1 hour.`,
    )
  })

  test('says expired of what has expired, and does not stumble over impossible times', () => {
    expect(renderInspection(inspection, NOW + 3_600_000, terminal)).toContain('expired 1 minute ago')
    for (const exp of [1e300, -1e300, 8.64e12 + 1, 'soon', null])
      expect(renderInspection({ ...inspection, claims: { exp } }, NOW, terminal)).toContain(String(exp))
  })

  test('lets no claim speak to the terminal', () => {
    const text = renderInspection(
      { ...inspection, claims: { [ESCAPE]: ESCAPE, list: [ESCAPE] }, problems: [ESCAPE] },
      NOW,
      terminal,
    )
    for (const mark of ['\u001b', '\u202e']) expect(text).not.toContain(mark)
  })
})

describe('times', () => {
  test.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [5400, '1 hour 30 minutes'],
    [86_400, '1 day'],
    [90_061, '1 day 1 hour'],
    [86_460, '1 day 1 minute'],
  ])('%i seconds are %s', (count, words) => {
    expect(renderSeconds(count)).toBe(words)
  })

  test('a distance has a direction', () => {
    expect(renderDistance(NOW + 60_000, NOW)).toBe('in 1 minute')
    expect(renderDistance(NOW - 60_000, NOW)).toBe('1 minute ago')
    expect(renderDistance(NOW + 100, NOW)).toBe('now')
  })
})

describe('a result', () => {
  const value = { name: 'x', list: ['1', 2] }

  test.each([
    ['table', 'the table'],
    ['json', '{"name":"x","list":["1",2]}'],
    ['yaml', 'name: x\nlist:\n  - "1"\n  - 2'],
  ] as const)('is printed as %s', async (format, text) => {
    const { printed, ...rest } = terminalUnderTest()
    await printResult({ value, table: () => 'the table' }, format, { ...rest })
    expect(printed).toEqual([text])
  })
})

test('columns stand two spaces apart and leave no spaces at the end', () => {
  expect(
    renderTable([
      ['a', '1'],
      ['long', '2'],
      ['b', ''],
    ]),
  ).toBe('a     1\nlong  2\nb')
  expect(renderTable([])).toBe('')
})

test('what is ready says where it is and what to type next', () => {
  const facts = {
    endpoint: 'http://e',
    httpsEndpoint: 'https://e',
    issuer: 'https://i',
    account: '000000000000',
    region: 'us-east-1',
  }
  const plain = renderReady({ facts, dataDirectory: '/d' }, terminal)
  expect(plain).toContain('√ issuer     https://i')
  expect(plain).toContain('eval "$(openirsa env)"')
  expect(plain).not.toContain('demo')
  const demo = { serviceAccount: 'shop/orders', roleArn: 'arn:role', bucket: 'b', allowedKey: 'k' }
  expect(renderReady({ facts, dataDirectory: '/d', demo }, terminal)).toContain(
    'openirsa run --service-account shop/orders -- aws s3 cp s3://b/k -',
  )
})
