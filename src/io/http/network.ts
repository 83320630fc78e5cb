import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'

/** The way out to other machines, as a parameter: tests map a host's port 443 to a free one, and trust a CA of their own. */
export interface Network {
  /** Every address of the name. */
  lookup(hostname: string): Promise<readonly string[]>
  /** Opens a connection to exactly that address; `hostname` is for information. */
  connect(target: { readonly address: string; readonly port: number; readonly hostname: string }): Socket
  /** PEM certificates that are trusted; absent: those that Node trusts. */
  readonly authorities?: readonly string[]
}

/** The machine's resolver and network, and the certificates that Node trusts. */
export const systemNetwork: Network = {
  lookup: async (hostname) => (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address),
  connect: ({ address, port }) => connect({ host: address, port }),
}
