import { expect, test } from 'vitest'
import { commandLineOf } from './called-as.ts'

test.each([
  [
    ['node', '/webhook', '--in-cluster=false'],
    ['node', '/webhook', 'webhook', 'serve', '--in-cluster=false'],
  ],
  [
    ['node', '/webhook'],
    ['node', '/webhook', 'webhook', 'serve'],
  ],
  [
    ['node', '/webhook', 'webhook', 'serve', '-v=5'],
    ['node', '/webhook', 'webhook', 'serve', '-v=5'],
  ],
  [
    ['node', '/usr/bin/openirsa', 'webhook', 'serve'],
    ['node', '/usr/bin/openirsa', 'webhook', 'serve'],
  ],
  [
    ['node', '/usr/bin/webhooks', 'up'],
    ['node', '/usr/bin/webhooks', 'up'],
  ],
])('%j means %j', (argv, meant) => {
  expect(commandLineOf(argv)).toEqual(meant)
})
