#!/usr/bin/env node
// Claim: what `npm pack` makes installs into an empty folder without development dependencies, every subpath resolves for code and for types,
// and the installed command turns the circle once. Prints what it weighs.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exchange, withInstallation } from './installation.mjs'

const root = join(import.meta.dirname, '../..')
const MOST_MEGABYTES = { all: 120, withoutOptional: 60 }
const folder = mkdtempSync(join(tmpdir(), 'openirsa-package-'))
const run = (program, words, cwd) =>
  execFileSync(program, words, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
const npm = (words, cwd) => run('npm', words, cwd)

try {
  const tarball = pack()
  const user = install(tarball, 'user', [])
  const lean = install(tarball, 'lean', ['--omit=optional'])
  weigh('installed', user, MOST_MEGABYTES.all)
  weigh('without the optional database driver', lean, MOST_MEGABYTES.withoutOptional)
  lintPackage(tarball)
  const subpaths = importSubpaths(user)
  checkTypes(user, subpaths)
  await turnOnce(user)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function pack() {
  const [made] = JSON.parse(
    npm(['pack', '--json', '--silent', '--pack-destination', folder], root).replace(/^[^[]*/, ''),
  )
  const names = made.files.map(({ path }) => path)
  const strangers = names.filter((name) => /\.test\.|\.contract\.|(^|\/)testing\/|^(src|test|scripts)\//.test(name))
  assert.deepEqual(strangers, [], 'the package holds what is for development')
  assert.ok(names.includes('dist/cli/main.js') && names.includes('LICENSE') && names.includes('NOTICE'))
  console.log(
    `note: the package holds ${names.length} files, ${kilobytes(made.size)} packed, ${kilobytes(made.unpackedSize)} unpacked`,
  )
  return join(folder, made.filename)
}

function install(tarball, name, flags) {
  const place = join(folder, name)
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(['install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', ...flags, tarball], place)
  return place
}

function weigh(what, place, most) {
  const modules = join(place, 'node_modules')
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
  const packages = Object.keys(JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages).length
  const megabytes = Math.round(bytes / 1e5) / 10
  console.log(`note: ${what}: ${packages} packages, ${megabytes} MB`)
  assert.ok(megabytes <= most, `${what} is over ${most} MB`)
}

function lintPackage(tarball) {
  console.log(run(process.execPath, [join(root, 'node_modules/publint/src/cli.js'), 'run', '--strict', tarball], root))
}

/** Each subpath exports at run time the values that the snapshot lists, and nothing else. */
function importSubpaths(place) {
  const snapshot = JSON.parse(readFileSync(join(root, 'test/api.snapshot.json'), 'utf8'))
  for (const [subpath, listed] of Object.entries(snapshot)) {
    const name = subpath.replace('.', 'openirsa')
    const code = `import * as door from '${name}'; console.log(JSON.stringify(Object.keys(door).sort()))`
    const found = JSON.parse(run(process.execPath, ['--input-type=module', '-e', code], place))
    assert.deepEqual(
      found,
      listed.filter((one) => !one.startsWith('type ')).toSorted(),
      `${name} exports something else than the snapshot lists`,
    )
  }
  return Object.keys(snapshot)
}

/** A program that imports every subpath compiles, as its user would compile it. */
function checkTypes(place, subpaths) {
  const lines = subpaths.map(
    (subpath, at) =>
      `import * as door${at} from '${subpath.replace('.', 'openirsa')}'\nexport type Door${at} = keyof typeof door${at}\n`,
  )
  writeFileSync(join(place, 'program.ts'), lines.join(''))
  const flags = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--types',
    'node',
  ]
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags, 'program.ts'], place)
}

async function turnOnce(place) {
  await withInstallation(
    { command: [join(place, 'node_modules/.bin/openirsa')], cwd: place },
    async ({ facts, openirsa }) => {
      const credentials = await exchange(
        facts.endpoint,
        openirsa('token', 'mint', '--service-account', 'shop/orders').trim(),
      )
      assert.equal(credentials.status, 200, credentials.text)
      assert.match(credentials.accessKeyId, /^ASIA/)
      const refused = await exchange(facts.endpoint, 'no.token.this')
      assert.equal(refused.status, 400)
      assert.match(openirsa('explain', refused.denial), /IRSA206 not-a-token/)
      console.log('the installed command exchanged a token, refused a bad one and explained it')
    },
  )
  const help = run(join(place, 'node_modules/.bin/kubectl-openirsa'), ['--help'], place)
  assert.match(help, /openirsa/)
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`
}
