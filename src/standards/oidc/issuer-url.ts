import { IssuerUrlError } from './errors.ts'
import type { IssuerUrl } from './model.ts'

/** SPEC: IAM CreateOpenIDConnectProvider, Url: 1 to 255 characters. */
const MAX_LENGTH = 255

/** No segment of a path, and what is not an issuer whatever is allowed. */
const METADATA_HOSTS: ReadonlySet<string> = new Set(['169.254.169.254', '[fd00:ec2::254]'])

/**
 * Reads an issuer's URL as IAM does: https, a host, perhaps a path; no port (`:443` is dropped), user, query or fragment.
 * The rest stays as it was written: issuers are compared unit by unit, a slash at the end counts.
 * Whether the host may be talked to is for the fetcher to say; metadata addresses are refused already here.
 * @throws IssuerUrlError
 */
export function parseIssuerUrl(text: string): IssuerUrl {
  if (text.length > MAX_LENGTH) throw refused(`is longer than ${MAX_LENGTH} characters`)
  const parts = /^https:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d*)?(\/.*)?$/s.exec(text)
  if (parts === null) throw refused('must be `https://`, a host and perhaps a path, without user, query and fragment')
  const [, host = '', port, path = ''] = parts
  if (port !== undefined && port !== ':443') throw refused('must not carry a port')
  checkPath(path)
  checkHost(host)
  return `https://${host}${path}` as IssuerUrl
}

function refused(why: string): IssuerUrlError {
  return new IssuerUrlError(`an issuer's URL ${why}`)
}

function checkPath(path: string): void {
  if (!/^([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/.test(path))
    throw refused('has a character that no path may have')
  // What a server could read as a separator, a dot or the end of the text.
  if (/%([01][0-9A-Fa-f]|7[fF]|2[eEfF]|5[cC]|00)/.test(path)) throw refused('has an escape that no path may have')
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) throw refused('has a dot segment')
}

function checkHost(host: string): void {
  if (!URL.canParse(`https://${host}`)) throw refused('has a host that is none')
  const { hostname } = new URL(`https://${host}`)
  if (METADATA_HOSTS.has(hostname)) throw refused('names the metadata address')
  // 2130706433 and 0x7f.1 are other spellings of an address: an issuer has one spelling.
  if (hostname !== host.toLowerCase()) throw refused('has a host in an unusual spelling')
}
