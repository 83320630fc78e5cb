import { isIP } from 'node:net'
import { addressKind } from './addresses.ts'
import { FetchError } from './fetch-error.ts'
import type { Network } from './network.ts'

/** Where a fetch goes: judged before a packet is sent. */
export interface Target {
  /** As in the certificate and the Host header; IPv6 without brackets. */
  readonly hostname: string
  readonly port: number
  readonly path: string
  /** `host` or `host:port`, as the Host header wants it. */
  readonly authority: string
  /** The addresses that may be dialled: these and no others. */
  readonly addresses: readonly string[]
}

const HTTPS_PORT = 443

/**
 * Reads the URL and resolves its host once; what is dialled later is what was judged here, so that a name that changes its
 * mind (DNS rebinding) gains nothing.
 * @throws FetchError `bad-url`, `unresolvable`, `forbidden-address`
 */
export async function planTarget(
  url: string,
  allowPrivateHosts: ReadonlySet<string>,
  network: Network,
): Promise<Target> {
  const parsed = parseHttpsUrl(url)
  // The URL parser has made dotted IPv4 of decimal, hexadecimal and octal forms, and lower case of names.
  const hostname = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const isNamed = allowPrivateHosts.has(hostname)
  const port = parsed.port === '' ? HTTPS_PORT : Number(parsed.port)
  if (port !== HTTPS_PORT && !isNamed) {
    throw new FetchError('bad-url', `port ${port} of \`${hostname}\` is not fetched from, expected 443`, {
      hint: 'name the host with `--allow-private-issuer` to allow its other ports',
    })
  }
  const addresses = isIP(hostname) === 0 ? await resolve(hostname, network) : [hostname]
  for (const address of addresses) refuseAddress(hostname, address, isNamed)
  return { hostname, port, path: parsed.pathname + parsed.search, authority: parsed.host, addresses }
}

function parseHttpsUrl(url: string): URL {
  if (!URL.canParse(url)) throw new FetchError('bad-url', 'the URL cannot be read')
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:') {
    throw new FetchError('bad-url', `a URL with the scheme \`${parsed.protocol}\` is not fetched, expected https`)
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new FetchError('bad-url', 'a URL with a user name is not fetched')
  }
  return parsed
}

async function resolve(hostname: string, network: Network): Promise<readonly string[]> {
  let addresses: readonly string[]
  try {
    addresses = await network.lookup(hostname)
  } catch (cause) {
    throw new FetchError('unresolvable', `the name \`${hostname}\` cannot be resolved`, { cause })
  }
  if (addresses.length === 0) throw new FetchError('unresolvable', `the name \`${hostname}\` has no address`)
  // IPv4 first: a machine without IPv6 fails slowly on the other.
  return [...addresses].sort((a, b) => isIP(a) - isIP(b))
}

function refuseAddress(hostname: string, address: string, isNamed: boolean): void {
  const kind = addressKind(address)
  if (kind === 'public' || (kind === 'private' && isNamed)) return
  throw new FetchError('forbidden-address', `\`${hostname}\` is at an address that is not on the Internet`, {
    detail: `${address} is ${kind === 'private' ? 'private' : 'never dialled'}`,
    ...(kind === 'private'
      ? { hint: `if it is an issuer of yours, start with \`--allow-private-issuer ${hostname}\`` }
      : {}),
  })
}
