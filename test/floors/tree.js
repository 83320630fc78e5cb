import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
/** Writes files into an empty tree, runs a check of `scripts/` over it, and removes it. */
export function checkTree(check, files) {
  const root = mkdtempSync(join(tmpdir(), 'openirsa-tree-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    const ran = spawnSync(process.execPath, [resolve('scripts', check), '--root', root], { encoding: 'utf8' })
    return { status: ran.status, faults: ran.stderr, line: ran.stdout.trim() }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
/** A plan of five rooms on four floors, and a house that keeps to it. */
export const PLAN = `
<!-- floors:start -->
| 5 | \`tools\`   | \`cluster\` \`cloud\` \`core\` |
| 3 | \`cluster\` | \`core\` |
| 3 | \`cloud\`   | \`core\` |
| 0 | \`core\`    | |
<!-- floors:end -->
<!-- rooms:start -->
| \`tools/up\`         | |
| \`cluster/issuer\`   | |
| \`cloud/identity\`   | |
| \`cloud/services/*\` | \`cloud/identity\` |
| \`core\`             | |
<!-- rooms:end -->
`
export const HOUSE = {
  'ARCHITECTURE.md': PLAN,
  'src/core/index.ts': `export { now } from './time.ts'\n`,
  'src/core/time.ts': `export const now = 1\n`,
  'src/cluster/issuer/index.ts': `import { now } from '../../core/index.ts'\nexport const issuer = now\n`,
  'src/cloud/identity/index.ts': `export { role } from './role.ts'\n`,
  'src/cloud/identity/role.ts': `export const role = 1\n`,
  'src/cloud/services/sts/index.ts': `export { role } from '../../identity/index.ts'\n`,
  'src/cloud/services/s3/index.ts': `export const s3 = 1\n`,
  'src/tools/up/index.ts': `import { issuer } from '../../cluster/issuer/index.ts'\nexport const up = issuer\n`,
}
