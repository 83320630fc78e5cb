import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Of a node: some hundred pods, each with a few programs. */
const MOST_CONNECTIONS = 1000
/** Of one address, which is a pod's: none may take them all. Pods in the network of the node share one. */
const MOST_OF_ONE_ADDRESS = 100

/** Keeps what clients hold open within bounds, also when they send nothing, or no end of it. */
export function limitConnections(server: Server): void {
  server.headersTimeout = 5000
  server.requestTimeout = 10_000
  server.keepAliveTimeout = 5000
  server.maxConnections = MOST_CONNECTIONS
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
    if (count > MOST_OF_ONE_ADDRESS) socket.destroy()
  })
}
