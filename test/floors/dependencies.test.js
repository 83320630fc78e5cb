import { describe, expect, test } from 'vitest'
import { checkTree } from './tree.js'

function check(manifest, code) {
  return checkTree('check-dependencies.mjs', {
    'package.json': JSON.stringify(manifest),
    'docs/decisions/1.md': 'because: `yaml` `@smithy/core`',
    'src/core/a.ts': `${code}\n`,
  })
}
describe('dependencies', () => {
  test('what is imported, declared, pinned and explained passes', () => {
    const dependencies = { yaml: '2.9.1', '@smithy/core': '3.0.0' }
    const code = `import { parse } from 'yaml'\nimport { cbor } from '@smithy/core/cbor'\nimport { join } from 'node:path'`
    expect(check({ dependencies }, code)).toMatchObject({ status: 0, faults: '' })
  })
  test.each([
    [
      { devDependencies: { yaml: '2.9.1' } },
      `import 'yaml'`,
      'core/a.ts imports yaml, which package.json does not ship',
    ],
    [
      { dependencies: { yaml: '2.9.1' } },
      'export const a = 1',
      'nothing in src imports yaml, which package.json ships',
    ],
    [{ dependencies: { ms: '2.1.3' } }, `import 'ms'`, 'docs/decisions does not say why ms is a dependency'],
    [{ dependencies: { yaml: '^2.9.1' } }, `import 'yaml'`, 'yaml is not pinned: ^2.9.1'],
    [
      { peerDependencies: { yaml: '>=2' } },
      `import 'yaml'`,
      'the peer yaml is not optional: everybody would have to install it',
    ],
    [
      { scripts: { postinstall: 'node fetch.js' } },
      'export const a = 1',
      'package.json has a postinstall script: installing runs no code',
    ],
  ])('%j with %s is refused', (manifest, code, fault) => {
    expect(check(manifest, code)).toMatchObject({ status: 1, faults: `${fault}\n` })
  })
})
