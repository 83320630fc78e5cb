import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

let found: Promise<string> | undefined

/** The directory of kube-apiserver and the others; builds them when they are not there, which takes minutes. */
export function ensureBinaries(): Promise<string> {
  found ??= build()
  return found
}

async function build(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', 'build.mjs')])
  return stdout.trim()
}
