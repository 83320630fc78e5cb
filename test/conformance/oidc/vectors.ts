import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of `test/vectors`, parsed; the caller says what it is. */
export function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../vectors', path), 'utf8')) as T
}
