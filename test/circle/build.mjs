#!/usr/bin/env node
// Builds the real Kubernetes, etcd and the pause program of the tests from their Go modules, once: `node test/circle/build.mjs` prints the
// directory of the binaries. They are kept outside the checkout, in a directory named by the version, with a file `whole` that says of what they
// were built. Cold, on two cores, it takes about ten minutes and 5 GB; found again, a few milliseconds. Two that come together build once.
// `--is-built` answers by its exit code and builds nothing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const VERSION = '1.36.3'
const [MAJOR, MINOR] = VERSION.split('.')
const STAMP = 'k8s.io/component-base/version'
const LDFLAGS = `-s -w -X ${STAMP}.gitVersion=v${VERSION} -X ${STAMP}.gitMajor=${MAJOR} -X ${STAMP}.gitMinor=${MINOR}`
const COMMANDS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl']

const recipes = join(import.meta.dirname, 'kubernetes')
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'openirsa-test')
const home = join(cache, `kubernetes-${VERSION}`)
const lock = `${home}.lock`
// Go's own installer puts it here, and not everybody's PATH knows.
const path = [process.env.PATH, '/usr/local/go/bin'].filter(Boolean).join(delimiter)

/** Of what the binaries are made; another recipe builds them anew. */
function fingerprint() {
  const hash = createHash('sha256').update(LDFLAGS)
  for (const name of ['go.mod', 'go.sum', 'pause/main.go']) hash.update(readFileSync(join(recipes, name)))
  return hash.digest('hex')
}

function isWhole() {
  const marker = join(home, 'whole')
  return existsSync(marker) && readFileSync(marker, 'utf8') === fingerprint()
}

function go(words, environment = {}) {
  // Go's words go to stderr: stdout is the directory's.
  const env = { ...process.env, PATH: path, ...environment }
  const { error, status } = spawnSync('go', words, { cwd: recipes, env, stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw new Error(`cannot run go: ${error.message}`)
  if (status !== 0) throw new Error(`go ${words[0]} ended with ${status}`)
}

function build() {
  for (const name of existsSync(cache) ? readdirSync(cache) : [])
    if (name.startsWith(`kubernetes-${VERSION}.building-`)) rmSync(join(cache, name), { recursive: true, force: true })
  const fresh = `${home}.building-${process.pid}`
  const bin = join(fresh, 'bin')
  mkdirSync(bin, { recursive: true })
  const commands = COMMANDS.map((name) => `k8s.io/kubernetes/cmd/${name}`)
  go(['build', '-trimpath', '-ldflags', LDFLAGS, '-o', `${bin}/`, ...commands])
  go(['build', '-trimpath', '-ldflags', '-s -w', '-o', join(bin, 'etcd'), 'go.etcd.io/etcd/server/v3'])
  // Static: it is alone in its image.
  go(['build', '-trimpath', '-ldflags', '-s -w', '-o', join(bin, 'pause'), './pause'], { CGO_ENABLED: '0' })
  writeFileSync(join(fresh, 'whole'), fingerprint())
  rmSync(home, { recursive: true, force: true })
  renameSync(fresh, home)
}

/** The kernel gives flock's lock back whenever its holder ends, however it ends. */
function buildAlone() {
  mkdirSync(cache, { recursive: true })
  const words = [lock, process.execPath, import.meta.filename, '--locked']
  const { error, status } = spawnSync('flock', words, { stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw new Error(`cannot run flock: ${error.message}`)
  if (status !== 0) process.exit(1)
}

if (process.argv.includes('--is-built')) {
  process.exit(isWhole() ? 0 : 1)
} else if (process.argv.includes('--locked')) {
  if (!isWhole()) build()
} else {
  if (!isWhole()) buildAlone()
  console.log(join(home, 'bin'))
}
