#!/usr/bin/env node
// Builds Helm's command from its Go module, once: `node test/circle/helm/build.mjs` prints its path. It is kept outside of the checkout, in a
// directory named by the version. Cold, on two cores, it takes some minutes; found again, none. `--is-built` answers by its exit code.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const VERSION = '3.22.0'
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'openirsa-test')
const bin = join(cache, `helm-${VERSION}`, 'bin')
const helm = join(bin, 'helm')

function build() {
  mkdirSync(bin, { recursive: true })
  const fresh = `${helm}.${process.pid}`
  const words = ['build', '-trimpath', '-ldflags', '-s -w', '-o', fresh, 'helm.sh/helm/v3/cmd/helm']
  // Go's own installer puts it here, and not everybody's PATH knows.
  const PATH = [process.env.PATH, '/usr/local/go/bin'].filter(Boolean).join(delimiter)
  const env = { ...process.env, PATH }
  const { error, status } = spawnSync('go', words, { cwd: import.meta.dirname, env, stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw new Error(`cannot run go: ${error.message}`)
  if (status !== 0) throw new Error(`go build ended with ${status}`)
  // Two that come together both build; the name is there only when it is whole.
  renameSync(fresh, helm)
}

if (process.argv.includes('--is-built')) process.exit(existsSync(helm) ? 0 : 1)
if (!existsSync(helm)) build()
console.log(helm)
