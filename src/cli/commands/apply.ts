import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { clusterFlag, dataDirectoryFlag, outputFlag } from '../flags.ts'
import { readTextOf } from '../input.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly filename: readonly string[]
  readonly cluster?: string
  readonly dataDir?: string
  readonly output: OutputFormat
}

export function addApply(program: Command, terminal: Terminal): void {
  program
    .command('apply')
    .description('Bring Kubernetes objects (Namespace, ServiceAccount, Pod, Deployment) into a cluster.')
    .requiredOption('-f, --filename <FILE...>', 'YAML file; - is standard input.')
    .addOption(clusterFlag())
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (flags: Flags) => {
      const { applyManifests } = await import('../../tools/apply/index.ts')
      const directory = dataDirectoryOf(flags.dataDir, terminal.environment)
      const files = []
      for (const name of flags.filename) files.push({ name, text: await readTextOf(name, terminal) })
      const applied = await applyManifests(directory, files, flags.cluster)
      const table = (): string =>
        applied.map(({ kind, name, outcome }) => `${kind.toLowerCase()}/${name} ${outcome}`).join('\n')
      await printResult({ value: applied, table }, flags.output, terminal)
    })
}
