import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Every open connection, and whether a request on it is being answered. */
export interface Connections {
  add(socket: Socket): void
  /** A request on that socket (the plain or the TLS one) is being answered until its response is closed. */
  begin(socket: Socket, response: ServerResponse): void
  isClosing(): boolean
  /** Ends idle connections now, busy ones when their answer is out, the rest after the grace. */
  close(graceMilliseconds: number): Promise<void>
}

interface Connection {
  readonly socket: Socket
  busy: number
}

export function createConnections(): Connections {
  const open = new Map<string, Connection>()
  let closing = false
  let whenEmpty: (() => void) | undefined

  const endIfIdle = (connection: Connection): void => {
    if (closing && connection.busy === 0) connection.socket.destroySoon()
  }
  return {
    add: (socket) => {
      const key = keyOf(socket)
      open.set(key, { socket, busy: 0 })
      socket.once('close', () => {
        open.delete(key)
        if (open.size === 0) whenEmpty?.()
      })
    },
    begin: (socket, response) => {
      const connection = open.get(keyOf(socket))
      if (connection === undefined) return
      connection.busy += 1
      response.once('close', () => {
        connection.busy -= 1
        endIfIdle(connection)
      })
    },
    isClosing: () => closing,
    close: async (graceMilliseconds) => {
      closing = true
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve
      })
      for (const connection of open.values()) endIfIdle(connection)
      if (open.size === 0) return
      const tooLate = setTimeout(() => {
        for (const { socket } of open.values()) socket.destroy()
      }, graceMilliseconds)
      await empty
      clearTimeout(tooLate)
    },
  }
}

/** The TLS socket on a connection has the same two ends as the connection itself. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress}|${remotePort}|${localAddress}|${localPort}`
}
