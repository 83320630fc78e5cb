import { createServer, isIP, type Server, type Socket } from 'node:net'
import { ConfigError } from '../../core/index.ts'
import type { ListenOptions } from './model.ts'

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

export interface BindOptions extends Pick<ListenOptions, 'log'> {
  /** 0 picks a free one. */
  readonly port: number
  readonly accept: (socket: Socket) => void
}

export interface Bound {
  readonly servers: readonly Server[]
  readonly port: number
}

/** A port that is free on one address may be in use on another: so often another one is picked. */
const MOST_PICKS = 10

/** Binds all of the addresses on one port, or none. */
export async function bind(addresses: readonly string[], options: BindOptions): Promise<Bound> {
  for (let pick = 1; ; pick += 1) {
    try {
      return await bindAll(addresses, options)
    } catch (failure) {
      if (options.port !== 0 || pick === MOST_PICKS || !isInUse(failure)) throw failure
    }
  }
}

async function bindAll(addresses: readonly string[], { port, accept, log }: BindOptions): Promise<Bound> {
  const servers: Server[] = []
  let chosen = port
  try {
    for (const address of addresses) {
      const server = createServer({ noDelay: true }, accept)
      await bindOne(server, address, chosen)
      servers.push(server)
      // Too many open files, say: a connection is lost, the next one may not be.
      server.on('error', (failure) => log.warn({ reason: failure.message }, 'a connection could not be accepted'))
      const bound = server.address()
      if (bound !== null && typeof bound === 'object') chosen = bound.port
    }
    return { servers, port: chosen }
  } catch (failure) {
    for (const server of servers) server.close()
    throw failure
  }
}

function bindOne(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(bindError(cause, address, port))
    server.once('error', fail)
    server.listen({ host: address, port, ipv6Only: true }, () => {
      server.off('error', fail)
      resolve()
    })
  })
}

function isInUse(failure: unknown): boolean {
  const cause = failure instanceof ConfigError ? failure.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
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
