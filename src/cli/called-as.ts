import { basename } from 'node:path'

/**
 * The command line that is meant. As `/webhook`, the entry of the Amazon EKS pod identity webhook's image, the whole command is the webhook,
 * so that in its manifests the image alone has to be changed.
 */
export function commandLineOf(argv: readonly string[]): readonly string[] {
  const [node = '', script = '', ...words] = argv
  const isSaid = words[0] === 'webhook' && words[1] === 'serve'
  return basename(script) === 'webhook' && !isSaid ? [node, script, 'webhook', 'serve', ...words] : argv
}
