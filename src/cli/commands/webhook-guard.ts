import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly selector: string
  readonly excludeNamespace: readonly string[]
  readonly annotationPrefix: string
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

export function addWebhookGuard(webhook: Command, terminal: Terminal): void {
  webhook
    .command('guard')
    .description(
      'Print a ValidatingAdmissionPolicy that refuses pods which are to have a role and would start without it.',
    )
    .option(
      '-l, --selector <SELECTOR>',
      'Labels of the service accounts that are guarded, as kubectl reads them; default all of them.',
      '',
    )
    .option('--exclude-namespace <NAME>', 'Namespace that is not guarded. May be given several times.', collect, [])
    .option('--annotation-prefix <DOMAIN>', 'Domain of the annotations, as the webhook has it.', 'eks.amazonaws.com')
    .action(async (flags: Flags) => {
      const { renderWebhookGuard } = await import('../../tools/webhook/index.ts')
      const { selector, annotationPrefix, excludeNamespace: excludedNamespaces } = flags
      terminal.out(await renderWebhookGuard({ selector, annotationPrefix, excludedNamespaces }))
    })
}
