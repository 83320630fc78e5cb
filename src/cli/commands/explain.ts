import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { renderCause, renderDenial } from '../render-explanation.ts'
import type { Terminal } from '../terminal.ts'

export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description(
      'Explain why a call was refused: by the id in its answer (x-openirsa-denial), or what a code (IRSA301) means.',
    )
    .argument('<ID|CODE>', 'Id of a denial, or a code')
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (word: string, flags: { readonly dataDir?: string; readonly output: 'table' | 'json' }) => {
      const { explainWord } = await import('../../tools/explain/index.ts')
      const explained = await explainWord(dataDirectoryOf(flags.dataDir, terminal.environment), word.trim())
      if (explained.kind === 'cause')
        return terminal.out(
          flags.output === 'json' ? JSON.stringify(explained.cause) : renderCause(explained.cause, terminal),
        )
      terminal.out(
        flags.output === 'json' ? JSON.stringify(explained.denial) : renderDenial(explained.denial, terminal),
      )
    })
}
