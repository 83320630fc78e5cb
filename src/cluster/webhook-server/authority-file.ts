import { X509Certificate } from 'node:crypto'
import { ConfigError } from '../../core/index.ts'
import { followFiles, type Log } from '../../io/host/index.ts'
import type { WebhookSettings } from '../webhook/index.ts'

/** The settings of the moment: the certificates of one's own endpoint may change in their file. */
export interface CurrentSettings {
  now(): WebhookSettings
  close(): void
}

export interface AuthorityFileParts {
  readonly settings: WebhookSettings
  /** PEM; undefined: the settings stay what they are. */
  readonly path: string | undefined
  readonly log: Log
}

/** @throws ConfigError when the file holds no certificates at the start, or anything beside them */
export async function followAuthorityFile({ settings, path, log }: AuthorityFileParts): Promise<CurrentSettings> {
  if (path === undefined) return { now: () => settings, close: () => undefined }
  let current: WebhookSettings | undefined
  const files = followFiles({
    paths: [path],
    onTexts: ([text]) => {
      const pem = parseCertificates(typeof text === 'string' ? text : '')
      if (pem !== undefined) current = { ...settings, endpoint: { ...settings.endpoint, certificateAuthorityPem: pem } }
      else if (current !== undefined) log.warn({ path }, 'the endpoint CA file is unusable; the old one stays')
    },
  })
  await files.refresh()
  const first = current
  if (first === undefined) {
    files.close()
    throw new ConfigError(`--endpoint-ca: \`${path}\` is not a file of certificates in PEM and nothing else`)
  }
  return { now: () => current ?? first, close: files.close }
}

/** INVARIANT: it goes into annotations that everybody may read: a key beside the certificates is refused. */
function parseCertificates(text: string): string | undefined {
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?-----END [A-Z0-9 ]+-----/g) ?? []
  try {
    for (const block of blocks) {
      if (!block.startsWith('-----BEGIN CERTIFICATE-----')) return undefined
      new X509Certificate(block)
    }
  } catch {
    return undefined
  }
  return blocks.length === 0 ? undefined : `${blocks.join('\n')}\n`
}
