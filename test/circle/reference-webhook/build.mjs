#!/usr/bin/env node
// Builds the reference webhook from its Go module, once: `node test/circle/reference-webhook/build.mjs` prints the path of the binary. It is kept
// outside the checkout, in a directory named by the version, with a file `whole` that says of what it was built. Cold, on two cores, it takes
// two to eight minutes. Two that come together build twice, and the last one counts.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const VERSION = '0.6.17'
const MODULE = 'github.com/aws/amazon-eks-pod-identity-webhook'
const recipe = import.meta.dirname
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'openirsa-test')
const home = join(cache, `reference-webhook-${VERSION}`)
const binary = join(home, 'reference-webhook')

/** Of what the binary is made; another recipe builds it anew. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const name of ['go.mod', 'go.sum']) hash.update(readFileSync(join(recipe, name)))
  return hash.digest('hex')
}

function isWhole() {
  const marker = join(home, 'whole')
  return existsSync(binary) && existsSync(marker) && readFileSync(marker, 'utf8') === fingerprint()
}

function build() {
  const fresh = `${home}.building-${process.pid}`
  mkdirSync(fresh, { recursive: true })
  // Go's own installer puts it here, and not everybody's PATH knows.
  const path = [process.env.PATH, '/usr/local/go/bin'].filter(Boolean).join(delimiter)
  const words = ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(fresh, 'reference-webhook'), MODULE]
  const { error, status } = spawnSync('go', words, {
    cwd: recipe,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 2, 2],
  })
  if (error === undefined && status === 0) {
    writeFileSync(join(fresh, 'whole'), fingerprint())
    rmSync(home, { recursive: true, force: true })
    renameSync(fresh, home)
    return
  }
  rmSync(fresh, { recursive: true, force: true })
  console.error(error === undefined ? `go build ended with ${status}` : `cannot run go: ${error.message}`)
  process.exit(1)
}

if (!isWhole()) build()
console.log(binary)
