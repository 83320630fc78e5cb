import { describe, expect, test } from 'vitest'
import { checkTree, HOUSE, PLAN } from './tree.js'

const check = (files) => checkTree('check-floors.mjs', { ...HOUSE, ...files })
describe('the floors', () => {
  test('a house that keeps to its plan passes', () => {
    expect(check({})).toEqual({ status: 0, faults: '', line: 'OK - 8 files keep to 6 rooms' })
  })
  test.each([
    [
      'an upward import',
      { 'src/core/bad.ts': `import { issuer } from '../cluster/issuer/index.ts'\n` },
      'core/bad.ts: core may not import cluster',
    ],
    [
      'the halves to meet',
      { 'src/cluster/issuer/bad.ts': `import { role } from '../../cloud/identity/index.ts'\n` },
      'cluster/issuer/bad.ts: cluster may not import cloud',
    ],
    [
      'a sideways import',
      { 'src/cloud/identity/bad.ts': `import { s3 } from '../services/s3/index.ts'\n` },
      'cloud/identity/bad.ts: cloud/identity may not import cloud/services/s3',
    ],
    [
      'a service to import its sibling',
      { 'src/cloud/services/s3/bad.ts': `import type { role } from '../sts/index.ts'\n` },
      'cloud/services/s3/bad.ts: cloud/services/s3 may not import cloud/services/sts',
    ],
    [
      'an import past the door',
      { 'src/cloud/services/s3/bad.ts': `import { role } from '../../identity/role.ts'\n` },
      'cloud/services/s3/bad.ts: only the door of cloud/identity may be imported',
    ],
    [
      'an import past the door when it is loaded late',
      { 'src/tools/up/bad.ts': `const late = await import('../../core/time.ts')\n` },
      'tools/up/bad.ts: only the door of core may be imported',
    ],
    [
      'to hand on past the door',
      { 'src/tools/up/bad.ts': `export { now } from '../../core/time.ts'\n` },
      'tools/up/bad.ts: only the door of core may be imported',
    ],
    [
      'a folder that is not on the plan',
      { 'src/attic/index.ts': 'export const box = 1\n' },
      'attic/index.ts: its folder is not on the plan',
    ],
    [
      'a room that is not on the plan',
      { 'src/cloud/cellar/index.ts': 'export const wine = 1\n' },
      'the room cloud/cellar is not on the plan',
    ],
    [
      'a room without a door',
      { 'src/cloud/services/sqs/queue.ts': 'export const queue = 1\n' },
      'the room cloud/services/sqs has no door index.ts',
    ],
    [
      'a file that does not exist',
      { 'src/core/bad.ts': `import { later } from './later.ts'\n` },
      'core/bad.ts: core/later.ts does not exist',
    ],
    [
      'an import from outside of src',
      { 'src/core/bad.ts': `import { box } from '../../scripts/box.ts'\n` },
      'core/bad.ts: imports ../scripts/box.ts, outside src',
    ],
    [
      'code that leans on what is for tests',
      {
        'src/core/testing/clock.ts': 'export const clock = 1\n',
        'src/core/bad.ts': `import { clock } from './testing/clock.ts'\n`,
      },
      'core/bad.ts: core/testing/clock.ts is for tests',
    ],
    [
      'a circle of two files',
      { 'src/core/one.ts': `import './two.ts'\n`, 'src/core/two.ts': `import './one.ts'\n` },
      'circle: core/one.ts → core/two.ts → core/one.ts',
    ],
    [
      'a circle of types',
      {
        'src/core/one.ts': `import type { A } from './two.ts'\n`,
        'src/core/two.ts': `import type { B } from './one.ts'\n`,
      },
      'circle: core/one.ts → core/two.ts → core/one.ts',
    ],
  ])('refuse %s', (_, files, fault) => {
    const { status, faults, line } = check(files)
    expect(faults).toBe(`${fault}\n`)
    expect(line).toBe('not ok - 1 faults against the plan in ARCHITECTURE.md')
    expect(status).toBe(1)
  })
  test('refuse a plan that lets a room look up', () => {
    const plan = PLAN.replace('| 3 | `cluster` | `core` |', '| 3 | `cluster` | `core` `tools` |')
    expect(check({ 'ARCHITECTURE.md': plan }).faults).toBe('the plan lets cluster look up to tools\n')
  })
  test('refuse a plan with a room that is not there', () => {
    const plan = PLAN.replace('| `tools/up`', '| `tools/down` | |\n| `tools/up`')
    expect(check({ 'ARCHITECTURE.md': plan }).faults).toBe('the plan has a room tools/down, and src has none\n')
  })
  test('leave alone what a comment says, and what a test imports', () => {
    const files = {
      'src/core/said.ts': `// see import { up } from '../tools/up/index.ts'\n/* from '../attic/index.ts' */\nexport const said = 1\n`,
      'src/core/time.test.ts': `import { up } from '../tools/up/index.ts'\n`,
    }
    expect(check(files).status).toBe(0)
  })
})
