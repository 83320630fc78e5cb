import { join } from 'node:path'
import type { Place } from './place.ts'
import { type Server, startServer } from './process.ts'

export interface Etcd extends Server {
  readonly url: string
}

/** Its data is thrown away with the place: nothing is synced. */
export function startEtcd(place: Place, bin: string, ports: { readonly client: number; readonly peer: number }): Etcd {
  const [url, peer] = [`http://127.0.0.1:${ports.client}`, `http://127.0.0.1:${ports.peer}`]
  const server = startServer(place, 'etcd', [
    join(bin, 'etcd'),
    `--data-dir=${join(place.directory, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    '--initial-advertise-peer-urls',
    peer,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ])
  return { ...server, url }
}
