import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createWebhookMetrics, LOOKUP_OUTCOMES } from '../../src/cluster/webhook-server/metrics.ts'

const page = readFileSync('docs/reference/webhook-server.md', 'utf8')
const text = createWebhookMetrics({
  version: '0',
  statuses: () => [],
  isReady: () => true,
  certificateNotAfter: () => 1,
  accounts: () => 1,
}).render()
/** Of the tables' first cells. */
const namesIn = (section: string): readonly string[] =>
  (page.split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))

test('the page lists exactly the metrics that there are', () => {
  const there = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)
  expect([...namesIn('Metrics')].sort()).toEqual(there.sort())
})

test('the page lists exactly the reasons that are counted', () => {
  const there = [...text.matchAll(/openirsa_webhook_decisions_total\{reason="([^"]+)"/g)].map(([, reason]) => reason)
  expect([...namesIn('Reasons')].sort()).toEqual(there.sort())
})

test('the page lists the outcomes of questions', () => {
  for (const outcome of LOOKUP_OUTCOMES) expect(page).toContain(`\`${outcome}\``)
})
