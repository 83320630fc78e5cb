import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkTree } from './tree.js'

const lines = (count) => 'const line = 1\n'.repeat(count)
const check = (files) => checkTree('check-sizes.mjs', files)
describe('sizes', () => {
  test('median, p90 and the largest file are printed', () => {
    const files = { 'src/a.ts': lines(10), 'src/b.ts': lines(20), 'test/c.ts': lines(30) }
    expect(check(files)).toEqual({
      status: 0,
      faults: '',
      line: 'OK - 3 files: median 20, p90 30, largest 30 (test/c.ts)',
    })
  })
  test('a file of more than 500 lines is refused', () => {
    const small = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`src/${at}.ts`, lines(10)]))
    const { status, faults } = check({ ...small, 'scripts/long.mjs': lines(501) })
    expect(status).toBe(1)
    expect(faults).toBe('scripts/long.mjs has 501 lines, 500 are the most\n')
  })
  test('many files over 100 lines, and one in ten over 300, are refused', () => {
    const { status, faults } = check({ 'src/a.ts': lines(101), 'src/b.ts': lines(101), 'src/c.ts': lines(301) })
    expect(status).toBe(1)
    expect(faults).toBe(
      'the median is 101 lines, 100 are the aim\none file in ten is over 301 lines, 300 are the aim\n',
    )
  })
  test('generated tables are not counted', () => {
    expect(check({ 'src/a.ts': lines(1), 'src/x/generated/t.ts': lines(9000) }).line).toContain('OK - 1 files')
  })
  test.each([
    [60, 0],
    [61, 1],
  ])('a function with %i lines in it ends the linter with %i', (count, status) => {
    const body = Array.from({ length: count - 1 }, (_, at) => `  sum += ${at}\n`).join('')
    const folder = mkdtempSync(join(tmpdir(), 'openirsa-function-'))
    try {
      writeFileSync(join(folder, 'long.ts'), `export function add(sum: number): number {\n${body}  return sum\n}\n`)
      const words = ['lint', '--vcs-enabled=false', `--config-path=${resolve('biome.json')}`, folder]
      const ran = spawnSync(resolve('node_modules/.bin/biome'), words, { encoding: 'utf8' })
      expect(ran.stderr.includes('noExcessiveLinesPerFunction')).toBe(status === 1)
      expect(ran.status).toBe(status)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
