#!/usr/bin/env node
// `npm run build`, and `prepare`: src to dist. A new dist takes the old one's place when it is whole, so that a running installation or a
// test never sees half of one, and nothing of a removed file stays behind.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const [dist, fresh, old] = ['dist', `.cache/dist-${process.pid}`, `.cache/dist-old-${process.pid}`].map((name) =>
  join(root, name),
)
const COMMAND = 'cli/main.js'

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(tsc)) {
    // `npm ci --omit=dev` runs prepare too: what was built before is what is wanted then.
    if (existsSync(join(dist, COMMAND))) process.exit(0)
    console.error('build: the compiler is missing; install with development dependencies: npm ci --include=dev')
    process.exit(1)
  }
  const words = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh]
  if (spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    process.exit(1)
  }
}

/** Whatever a room keeps beside its code, save notes: schemas, templates. */
function copyData() {
  const names = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  for (const entry of names) {
    if (!entry.isFile() || /\.(ts|md)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name).slice(join(root, 'src').length + 1)
    if (path.includes('testing/') || path.endsWith('.vectors.json')) continue
    mkdirSync(dirname(join(fresh, path)), { recursive: true })
    copyFileSync(join(root, 'src', path), join(fresh, path))
  }
}

/** Nothing that dist is made of is newer than it. */
function isFresh() {
  if (!existsSync(join(dist, COMMAND))) return false
  const built = statSync(dist).ctimeMs
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join(root, 'src', String(name)))
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'scripts/build.mjs'].map((name) =>
    join(root, name),
  )
  return [...sources, ...settings].every((path) => statSync(path).mtimeMs < built)
}

function takePlace() {
  chmodSync(join(fresh, COMMAND), 0o755)
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
}

// npx runs prepare whenever it finds the command of the checkout itself: what is built already is not built again.
if (process.env.npm_lifecycle_event === 'prepare' && isFresh()) process.exit(0)
mkdirSync(join(root, '.cache'), { recursive: true })
compile()
copyData()
takePlace()
