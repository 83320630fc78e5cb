import { join } from 'node:path'
import { Option as Flag } from 'commander'
import { dataDirectoryOf } from '../config/index.ts'
import type { Terminal } from './terminal.ts'

/** `--dir`: where an issuer of one's own is kept. */
export const issuerDirectoryFlag = (): Flag =>
  new Flag('--dir <DIR>', 'Directory of the issuer; default `issuer` in the data directory. [OPENIRSA_ISSUER_DIR]')

/** The directory that was named, by flag or environment, or the usual one. */
export function directoryOf(dir: string | undefined, environment: Terminal['environment']): string {
  const named = dir ?? environment.OPENIRSA_ISSUER_DIR
  return named === undefined || named === '' ? join(dataDirectoryOf(undefined, environment), 'issuer') : named
}

/** Collects a flag that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]
