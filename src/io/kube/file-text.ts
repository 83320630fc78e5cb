import { readFile } from 'node:fs/promises'
import { type Clock, type Instant, plusSeconds, seconds } from '../../core/index.ts'
import { KubeError } from './errors.ts'

/** How often a file that may change is looked at. */
const LOOK_SECONDS = seconds(60)

/** The text of a file that others replace now and then: a projected token, a bundle of authorities. */
export interface FileText {
  /** Of the last look; a file that cannot be read any more keeps its last text. @throws KubeError `no-credentials` */
  read(): Promise<string>
  /** Looks again at the next `read`. */
  forget(): void
}

export function createFileText(path: string, { clock }: { readonly clock: Clock }): FileText {
  let known: { readonly text: string; readonly lookAt: Instant; readonly readAt: Instant } | undefined
  return {
    read: async () => {
      const now = clock.now()
      // A clock that was set back does not keep an old text for long.
      if (known !== undefined && now < known.lookAt && now >= known.readAt) return known.text
      const text = await readText(path, known?.text)
      known = { text, readAt: now, lookAt: plusSeconds(now, LOOK_SECONDS) }
      return text
    },
    forget: () => {
      if (known !== undefined) known = { ...known, lookAt: known.readAt }
    },
  }
}

async function readText(path: string, last: string | undefined): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (last !== undefined) return last
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new KubeError('no-credentials', `\`${path}\` cannot be read (${code})`, {}, { cause })
  }
}
