#!/usr/bin/env node
// `npm run build`, and `prepare`: src to dist. The code is put together into few files, since Node takes a third of a command's time to find
// and link a thousand; what it depends on stays outside. Types stay one file each. A new dist takes the old one's place when it is whole, so
// that a running installation or a test never sees half of one, and nothing of a removed file stays behind.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const [dist, compiled, fresh, old] = ['dist', 'compiled', 'fresh', 'old'].map((name) =>
  join(root, name === 'dist' ? name : `.cache/dist-${name}-${process.pid}`),
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
  const words = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', compiled]
  if (spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0)
    throw new Error('build: it does not compile')
}

/** The command and the public doors, each under its own name; what they share stands in `chunks`. */
async function bundle() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const doors = Object.values(exports).flatMap(({ default: file }) => (file === undefined ? [] : [file]))
  const names = [`./dist/${COMMAND}`, ...doors].map((file) => file.slice('./dist/'.length, -'.js'.length))
  // Only here: `npm ci --omit=dev` has neither a compiler nor this.
  const { rolldown } = await import('rolldown')
  const whole = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(compiled, `${name}.js`)])),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
  })
  await whole.write({
    dir: fresh,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  })
  await whole.close()
  for (const name of readdirSync(compiled, { recursive: true })) if (name.endsWith('.d.ts')) copy(compiled, name)
}

function copy(from, path) {
  mkdirSync(dirname(join(fresh, path)), { recursive: true })
  copyFileSync(join(from, path), join(fresh, path))
}

/** Whatever a room keeps beside its code, save notes: schemas, templates. */
function copyData() {
  const names = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  for (const entry of names) {
    if (!entry.isFile() || /\.(ts|md)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name).slice(join(root, 'src').length + 1)
    if (path.includes('testing/') || path.endsWith('.vectors.json')) continue
    copy(join(root, 'src'), path)
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
try {
  compile()
  await bundle()
  copyData()
  takePlace()
} finally {
  for (const unfinished of [compiled, fresh]) rmSync(unfinished, { recursive: true, force: true })
}
