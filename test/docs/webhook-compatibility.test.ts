import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMPATIBILITY_SWITCHES } from '../../src/cluster/webhook/index.ts'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/reference/webhook-compatibility.md', root), 'utf8')

interface Row {
  readonly name: string
  readonly restoredBy: string
  readonly file: string
  readonly title: string
}

/** The rows of the first table; the last column is the file of a test, a colon, and its title. */
function readRows(): readonly Row[] {
  const lines = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
  return lines.map((line) => {
    const [name = '', , , restoredBy = '', test = '', ...more] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    expect(more, line).toEqual([])
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? []
    return { name, restoredBy, file, title }
  })
}

const SWITCH = /^`--compatibility=([a-z-]+)`/

describe('the table of differences from the reference webhook', () => {
  const rows = readRows()

  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(10)
  })

  it.each(rows)('has a test for: $name', ({ file, title }) => {
    expect(existsSync(new URL(file, root)), file).toBe(true)
    const text = readFileSync(new URL(file, root), 'utf8')
    expect(text).toContain(title)
  })

  it('says of each row what restores the behaviour of the reference, or why nothing does', () => {
    const said = rows.filter(
      ({ restoredBy }) => /^`--[a-z-]+[=`]/.test(restoredBy) || /^nothing: .{20}/.test(restoredBy),
    )
    expect(said).toEqual(rows)
  })

  it('has a row for each switch, and a switch for each that it names', () => {
    const named = rows.flatMap(({ restoredBy }) => SWITCH.exec(restoredBy)?.[1] ?? [])
    expect([...new Set(named)].sort()).toEqual(Object.keys(COMPATIBILITY_SWITCHES).sort())
  })
})
