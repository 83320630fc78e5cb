import type { IncomingMessage } from 'node:http'

/**
 * The texts of the `Warning` headers with code 299, as an API server sends them.
 * SPEC: RFC 7234 §5.5: `299 - "text"`, quotes and backslashes in it escaped; several may stand in one line.
 */
export function warningsOf({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): readonly string[] {
  const texts: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'warning') continue
    // Node reads headers as latin1, the API server writes UTF-8.
    const line = Buffer.from(rawHeaders[at + 1] ?? '', 'latin1').toString('utf8')
    for (const [, text = ''] of line.matchAll(/299 [^\s"]+ "((?:[^"\\]|\\.)*)"/g))
      texts.push(text.replace(/\\(.)/g, '$1'))
  }
  return texts
}
