import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fresh 0700 directory with the token (0600) and an empty file in it, as a pod sees its projected volume. */
export interface TokenDirectory {
  readonly tokenFile: string
  readonly emptyFile: string
  /** Replaces the token in one step: a reader sees the old or the new one, never half of either. */
  write(token: string): void
  remove(): void
}

export function makeTokenDirectory(temporaryDirectory: string): TokenDirectory {
  const directory = mkdtempSync(join(temporaryDirectory, 'openirsa-run-'))
  chmodSync(directory, 0o700)
  const tokenFile = join(directory, 'token')
  const emptyFile = join(directory, 'empty')
  writeFileSync(emptyFile, '', { mode: 0o600 })
  return {
    tokenFile,
    emptyFile,
    write: (token) => {
      writeFileSync(`${tokenFile}.next`, token, { mode: 0o600 })
      renameSync(`${tokenFile}.next`, tokenFile)
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
