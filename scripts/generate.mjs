#!/usr/bin/env node
// `npm run generate`: every generated table. `-- --check` compares instead of writing.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const generators = ['generate-protocol.mjs', 'generate-catalogue.mjs']
const failed = generators.filter((name) => {
  const words = [join(import.meta.dirname, name), ...process.argv.slice(2)]
  return spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
