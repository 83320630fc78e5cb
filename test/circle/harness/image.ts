import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Node } from './node.ts'

/** Not in any registry: pods find it because it has been imported. */
export const IMAGE = 'local.test/openirsa:test'

/** What has been built of the checkout. */
export const DIST = resolve(process.env.OPENIRSA_DIST ?? 'dist')

/** Builds the project's image of the checkout, by the script that people use, and makes it known to the node. */
export async function importOwnImage({ place, containerd }: Node): Promise<void> {
  const file = join(place.directory, 'openirsa.tar')
  const words = [resolve('scripts/build-image.mjs'), '--output', file, '--name', IMAGE, '--dist', DIST]
  await promisify(execFile)(process.execPath, words)
  await containerd.importImage(file)
}
