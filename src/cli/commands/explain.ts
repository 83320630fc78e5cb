import type { Command } from 'commander'
import { dataDirectoryOf } from '../../config/index.ts'
import { dataDirectoryFlag, outputFlag } from '../flags.ts'
import { type OutputFormat, printResult } from '../render-data.ts'
import { renderCauses, renderDenial } from '../render-explanation.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly dataDir?: string
  readonly output: OutputFormat
}

export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description(
      'Explain why a call was refused: the newest; the one whose answer carried an id (x-openirsa-denial); what a code (IRSA301) or the text of an error means.',
    )
    .argument(
      '[ID|CODE|TEXT...]',
      'Id of a denial, a code, or an error as it was printed; - reads it from standard input',
    )
    .addOption(dataDirectoryFlag())
    .addOption(outputFlag())
    .action(async (words: readonly string[], flags: Flags) => {
      const { explainNewest, explainText } = await import('../../tools/explain/index.ts')
      const text = words.join(' ') === '-' ? await terminal.readInput() : words.join(' ')
      const directory = dataDirectoryOf(flags.dataDir, terminal.environment)
      const explained = words.length === 0 ? await explainNewest(directory) : await explainText(directory, text)
      if (explained.kind === 'denial') {
        const { denial } = explained
        return printResult({ value: denial, table: () => renderDenial(denial, terminal) }, flags.output, terminal)
      }
      const { causes } = explained
      // One code is one object, for whoever asked for it; a text may fit several.
      const value = explained.kind === 'code' ? causes[0] : causes
      return printResult({ value, table: () => renderCauses(causes, terminal) }, flags.output, terminal)
    })
}
