import { expect, test } from 'vitest'
import { createLineBuffer } from './line-buffer.ts'

test('lines of one turn go together, in order, each with its end', async () => {
  const written: string[] = []
  const { say } = createLineBuffer((text) => written.push(text))
  say('a\n')
  say('b')
  expect(written).toEqual([])
  await new Promise((resolve) => setImmediate(resolve))
  say('c\n')
  await new Promise((resolve) => setImmediate(resolve))
  expect(written).toEqual(['a\nb\n', 'c\n'])
})

test('what is left goes at once when it must, and once', async () => {
  const written: string[] = []
  const { say, flush } = createLineBuffer((text) => written.push(text))
  say('a')
  flush()
  flush()
  await new Promise((resolve) => setImmediate(resolve))
  expect(written).toEqual(['a\n'])
})
