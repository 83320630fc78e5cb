import { join } from 'node:path'
import type { DataDirectoryPaths } from './model.ts'

/** The layout of a data directory; nothing is read or made. */
export function dataDirectoryPaths(directory: string): DataDirectoryPaths {
  return {
    directory,
    store: join(directory, 'store.sqlite'),
    objects: join(directory, 'objects'),
    certificates: join(directory, 'tls'),
    keys: join(directory, 'keys'),
    facts: join(directory, 'installation.json'),
    administrators: join(directory, 'administrators.json'),
    controlToken: join(directory, 'control-token'),
    lock: join(directory, 'up.lock'),
    clusters: join(directory, 'clusters.json'),
    log: join(directory, 'up.log'),
  }
}
