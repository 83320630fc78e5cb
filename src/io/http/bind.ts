import { createServer, isIP, type Server, type Socket } from 'node:net'
import { ConfigError } from '../../core/index.ts'

const WILDCARDS: ReadonlyMap<number, string> = new Map([
  [4, '0.0.0.0'],
  [6, '::'],
])

/**
 * The addresses to bind, each once; one that stands for all of its family takes the place of the others.
 * @throws ConfigError for what is no IP address
 */
export function planAddresses(addresses: readonly string[]): readonly string[] {
  for (const address of addresses) {
    if (isIP(address) === 0) {
      throw new ConfigError(`cannot listen on \`${address}\`: expected an IP address`, {
        hint: 'give an address of this machine with `--listen`',
      })
    }
  }
  const all = new Set(addresses)
  return [...all].filter((address) => {
    const wildcard = WILDCARDS.get(isIP(address))
    return address === wildcard || wildcard === undefined || !all.has(wildcard)
  })
}

/** Binds all of the addresses on one port, or none. */
export async function bind(
  addresses: readonly string[],
  port: number,
  accept: (socket: Socket) => void,
): Promise<readonly Server[]> {
  const servers: Server[] = []
  let chosen = port
  try {
    for (const address of addresses) {
      const server = createServer({ noDelay: true }, accept)
      await bindOne(server, address, chosen)
      servers.push(server)
      const bound = server.address()
      if (bound !== null && typeof bound === 'object') chosen = bound.port
    }
    return servers
  } catch (failure) {
    for (const server of servers) server.close()
    throw failure
  }
}

function bindOne(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(bindError(cause, address, port)))
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.removeAllListeners('error')
      server.on('error', () => server.close())
      resolve()
    })
  })
}

const FAULTS: ReadonlyMap<string, readonly [why: string, hint: string]> = new Map([
  ['EADDRINUSE', ['it is in use', 'choose another with `--port`, or 0 for a free one']],
  ['EACCES', ['ports below 1024 are for the superuser', 'choose a higher one with `--port`']],
  ['EADDRNOTAVAIL', ['the address is not of this machine', 'choose another with `--listen`']],
])

function bindError(cause: NodeJS.ErrnoException, address: string, port: number): ConfigError {
  const [why, hint] = FAULTS.get(cause.code ?? '') ?? [
    `the system says ${cause.code ?? cause.message}`,
    'choose another with `--port`',
  ]
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  return new ConfigError(`cannot listen on port ${port} (${where}): ${why}`, { hint, cause })
}
