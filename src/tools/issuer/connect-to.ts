import { connect, isIP } from 'node:net'
import { ConfigError } from '../../core/index.ts'
import type { Network } from '../../io/http/index.ts'

/** `HOST:PORT` that is asked in the place of the issuer's own address, before its name leads there. */
export interface ConnectTo {
  readonly address: string
  readonly port: number
}

/** Reads `ADDRESS:PORT`, with brackets around IPv6. @throws ConfigError */
export function parseConnectTo(text: string): ConnectTo {
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? plain ?? ''
  if (isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535)
    throw new ConfigError(`--connect-to: expected ADDRESS:PORT, found \`${text.slice(0, 100)}\``, {
      hint: 'such as 127.0.0.1:8443',
    })
  return { address, port: Number(port) }
}

/** A network in which the issuer's host is at that place, whatever its name says; certificates are asked for by the name all the same. */
export function networkTo(network: Network, hostname: string, { address, port }: ConnectTo): Network {
  return {
    ...network,
    lookup: async (name) => (name === hostname ? [address] : network.lookup(name)),
    connect: (target) => (target.hostname === hostname ? connect({ host: address, port }) : network.connect(target)),
  }
}
