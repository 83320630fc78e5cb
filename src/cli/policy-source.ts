import { dataDirectoryOf } from '../config/index.ts'
import type { PolicySource } from '../tools/policy/index.ts'
import type { Terminal } from './terminal.ts'

/** Where a command reads what was not given as a file: AWS with `--live`, else the installation of `--data-dir`. */
export async function sourceOf(
  { live, dataDir }: { readonly live?: true; readonly dataDir?: string },
  terminal: Terminal,
): Promise<PolicySource> {
  const { liveSource, localSource } = await import('../tools/policy/index.ts')
  return live ? liveSource() : localSource(dataDirectoryOf(dataDir, terminal.environment))
}
