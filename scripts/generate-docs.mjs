#!/usr/bin/env node
// `npm run docs`: the pages that are made of the source. `--check` compares instead of writing, and refuses pages that nothing makes any more.
import './load-typescript.mjs'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedPages } from './docs/pages.mjs'

const root = join(import.meta.dirname, '..')
const checks = process.argv.includes('--check')
const pages = await generatedPages(root)
const stale = [...pages].filter(
  ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
)
const left = readdirSync(join(root, 'docs/errors'))
  .map((name) => `docs/errors/${name}`)
  .filter((path) => !pages.has(path))

for (const [path, text] of stale) {
  if (checks) console.error(`${path} is not what its source says`)
  else {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(`wrote ${path}`)
  }
}
for (const path of left) {
  if (checks) console.error(`${path} is a page for a code that there is not`)
  else rmSync(join(root, path))
}
const faults = checks ? stale.length + left.length : 0
console.log(
  faults === 0 ? `OK - ${pages.size} pages are what their source says` : `not ok - ${faults} pages; run npm run docs`,
)
process.exit(faults === 0 ? 0 : 1)
