import { type DenialCause, type DenialRecord, findDenialCause } from '../../cloud/denials/index.ts'
import { ConfigError } from '../../core/index.ts'
import { askInstallation } from '../../io/installation/index.ts'

export type Explained =
  | { readonly kind: 'denial'; readonly denial: DenialRecord }
  | { readonly kind: 'cause'; readonly cause: DenialCause }

/**
 * What is known about a denial id (`x-openirsa-denial`) or a code (`IRSA301`, `trust-sub`).
 * @throws ConfigError for neither; ControlError when the id is not, or no longer, kept
 */
export async function explainWord(dataDirectory: string, word: string): Promise<Explained> {
  const cause = findDenialCause(word)
  if (cause !== undefined) return { kind: 'cause', cause }
  if (!/^[a-z2-7-]{8,40}$/.test(word)) {
    throw new ConfigError(`\`${word.slice(0, 60)}\` is neither the id of a denial nor a code`, {
      hint: 'the id stands in the response header x-openirsa-denial; codes look like IRSA301',
    })
  }
  const denial = (await askInstallation(dataDirectory, { method: 'GET', path: `denials/${word}` })) as DenialRecord
  return { kind: 'denial', denial }
}
