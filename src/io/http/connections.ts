import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Every open connection, and the requests on it that are being answered. */
export interface Connections {
  add(socket: Socket): void
  /** A request on that socket (the plain or the TLS one) is being answered until its response is closed. */
  begin(request: IncomingMessage, response: ServerResponse): void
  /** What is being answered on that socket, in the order of the requests. */
  pending(socket: Socket): readonly Exchange[]
  /** Ends that socket when what is pending is answered. */
  drain(socket: Socket): void
  /** Ends idle connections now, busy ones when their answer is out, the rest after the grace. */
  close(graceMilliseconds: number): Promise<void>
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

interface Connection {
  readonly socket: Socket
  readonly pending: Set<Exchange>
  isDraining: boolean
}

export function createConnections(): Connections {
  const open = new Map<string, Connection>()
  let isClosing = false
  let whenEmpty: (() => void) | undefined

  const drain = (connection: Connection): void => {
    connection.isDraining = true
    // Only with the last answer: those before it would end the connection too early.
    const last = [...connection.pending].at(-1)
    if (last !== undefined) announceEnd(last.response)
    endIfDone(connection)
  }
  return {
    add: (socket) => {
      const key = keyOf(socket)
      const connection = { socket, pending: new Set<Exchange>(), isDraining: isClosing }
      open.set(key, connection)
      socket.once('close', () => {
        // The far end may have come again from the same port before this one was known to be gone.
        if (open.get(key) === connection) open.delete(key)
        if (open.size === 0) whenEmpty?.()
      })
    },
    begin: (request, response) => {
      const connection = open.get(keyOf(request.socket))
      if (connection === undefined) return
      const exchange = { request, response }
      connection.pending.add(exchange)
      if (connection.isDraining) announceEnd(response)
      response.once('close', () => {
        connection.pending.delete(exchange)
        endIfDone(connection)
      })
    },
    pending: (socket) => [...(open.get(keyOf(socket))?.pending ?? [])],
    drain: (socket) => {
      const connection = open.get(keyOf(socket))
      if (connection !== undefined) drain(connection)
    },
    close: async (graceMilliseconds) => {
      isClosing = true
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve
      })
      for (const connection of [...open.values()]) drain(connection)
      if (open.size === 0) return
      const tooLate = setTimeout(() => {
        for (const { socket } of open.values()) socket.destroy()
      }, graceMilliseconds)
      await empty
      clearTimeout(tooLate)
    },
  }
}

/** `Connection: close`, where the head of the answer is not out yet. */
function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.shouldKeepAlive = false
}

function endIfDone({ isDraining, pending, socket }: Connection): void {
  if (isDraining && pending.size === 0) socket.destroySoon()
}

/** The TLS socket on a connection has the same two ends as the connection itself. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress}|${remotePort}|${localAddress}|${localPort}`
}
