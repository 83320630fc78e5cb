import { readFileSync } from 'node:fs'
import { packageFile } from './package-file.ts'

/** The version of this package, from its own manifest. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }
  return manifest.version
}
