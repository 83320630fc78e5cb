import { join } from 'node:path'
import { writeImage } from '../../../scripts/image/archive.mjs'
import { PAUSE_IMAGE } from './containerd.ts'

/** The image of every pod's sandbox: one static program. */
export function writePauseImage(bin: string, file: string): void {
  writeImage(file, {
    name: PAUSE_IMAGE,
    files: [{ from: join(bin, 'pause'), to: '/pause' }],
    settings: { Entrypoint: ['/pause'] },
  })
}
