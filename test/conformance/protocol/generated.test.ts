import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test.each(['generate-protocol', 'generate-catalogue'])(
  'the committed tables are what scripts/%s.mjs writes',
  (script) => {
    const said = execFileSync(process.execPath, [`scripts/${script}.mjs`, '--check'], {
      encoding: 'utf8',
      cwd: new URL('../../..', import.meta.url),
    })
    expect(said).toMatch(/^OK - \d+ tables$/m)
  },
)
