import { describe, expect, it } from 'vitest'
import type { JsonPatchOperation } from '../model.ts'
import { keepRun, renderPatch } from './patch-text.ts'

const operation = (name: string): JsonPatchOperation => ({ op: 'add', path: `/metadata/labels/${name}`, value: name })
const read = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString())
const run = (...names: readonly string[]): readonly JsonPatchOperation[] => {
  const operations = names.map(operation)
  keepRun(operations)
  return operations
}
const LENGTHS = [1, 2, 3, 4, 5, 6]

describe('a patch as base64', () => {
  it('of no operations is an empty list', () => {
    expect(read(renderPatch([]))).toEqual([])
  })

  it('has all operations in their order, whichever of them are kept as a run', () => {
    for (const length of LENGTHS) {
      const kept = run('x'.repeat(length), 'second')
      const other = run('y'.repeat(length))
      const single = operation('ä'.repeat(length))
      for (const all of [kept, [...kept, ...other], [single, ...kept], [...kept, single, ...other], [single, single]]) {
        expect(read(renderPatch(all))).toEqual(all)
        expect(renderPatch(all)).toBe(renderPatch(all))
        expect(Buffer.from(renderPatch(all), 'base64').toString('base64')).toBe(renderPatch(all))
      }
    }
  })

  it('has a run twice where it stands twice, and not where only its beginning does', () => {
    const [first, second] = run('first', 'second') as [JsonPatchOperation, JsonPatchOperation]
    const other = operation('other')
    for (const all of [
      [first, second, first, second],
      [first, other],
      [first],
      [other, first, other],
      [second, first, second],
    ])
      expect(read(renderPatch(all))).toEqual(all)
  })

  it('escapes what a path or a value holds', () => {
    const all: JsonPatchOperation[] = [
      { op: 'add', path: '/metadata/annotations/a"b\\c', value: { text: 'line\n"quoted" \u2028' } },
      { op: 'add', path: '/spec/volumes', value: [null, true, 1.5, 'é', '\ud83d\ude00'] },
    ]
    expect(read(renderPatch(all))).toEqual(all)
  })
})
