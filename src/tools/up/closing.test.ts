import { expect, test } from 'vitest'
import { createClosing } from './closing.ts'

test('what was opened last is closed first, once', async () => {
  const closed: string[] = []
  const closing = createClosing()
  for (const name of ['lock', 'store', 'listener']) closing.add(async () => void closed.push(name))
  await Promise.all([closing.close(), closing.close()])
  await closing.close()
  expect(closed).toEqual(['listener', 'store', 'lock'])
})

test('one that cannot be closed keeps no other open, and is told of', async () => {
  const closed: string[] = []
  const closing = createClosing()
  closing.add(async () => void closed.push('lock'))
  closing.add(() => Promise.reject(new Error('the store is broken')))
  closing.add(async () => void closed.push('listener'))
  await expect(closing.close()).rejects.toThrow('the store is broken')
  expect(closed).toEqual(['listener', 'lock'])
})
