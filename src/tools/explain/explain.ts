import { type DenialCause, type DenialRecord, findDenialCause } from '../../cloud/denials/index.ts'
import { ConfigError } from '../../core/index.ts'
import { askInstallation } from '../../io/installation/index.ts'
import { causesOfText } from './causes-of-text.ts'

export type Explained =
  | { readonly kind: 'denial'; readonly denial: DenialRecord }
  /** One cause, asked for by its code or name. */
  | { readonly kind: 'code'; readonly causes: readonly [DenialCause] }
  /** Causes that an error text fits, the likeliest first. */
  | { readonly kind: 'text'; readonly causes: readonly DenialCause[] }

/** Lower-case base32, as the gateway gives ids; shorter words are nobody's id. */
const DENIAL_ID = /^[a-z2-7]{16}$/

/**
 * What is known about a denial id (`x-openirsa-denial`), a code (`IRSA301`, `trust-sub`) or the text of an error.
 * @throws ConfigError for none of them; ControlError when the id is not, or no longer, kept
 */
export async function explainText(dataDirectory: string, text: string): Promise<Explained> {
  const word = text.trim()
  const cause = findDenialCause(word)
  if (cause !== undefined) return { kind: 'code', causes: [cause] }
  if (DENIAL_ID.test(word)) return { kind: 'denial', denial: await getDenial(dataDirectory, `denials/${word}`) }
  const causes = causesOfText(word)
  if (causes.length > 0) return { kind: 'text', causes }
  throw new ConfigError(`\`${word.slice(0, 60)}\` is no id of a denial, no code and no error that is known here`, {
    hint: 'the id stands in the response header x-openirsa-denial; codes look like IRSA301; without either, the newest refusal is explained',
  })
}

/**
 * The newest refusal that the installation keeps.
 * @throws ControlError when nothing has been refused yet
 */
export async function explainNewest(dataDirectory: string): Promise<Explained> {
  return { kind: 'denial', denial: await getDenial(dataDirectory, 'denials') }
}

async function getDenial(dataDirectory: string, path: string): Promise<DenialRecord> {
  return (await askInstallation(dataDirectory, { method: 'GET', path })) as DenialRecord
}
