/** Where the servers of a run live: on this machine's loopback, or in namespaces of their own. Both end with the test, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { clearLeftovers, NAME, startTimeOf } from './leftovers.ts'

export interface Place {
  readonly name: string
  readonly directory: string
  /** Of the API server, and of whatever else is to be reached. */
  readonly address: string
  /** The command line with which these words run there. */
  enter(words: readonly string[]): readonly string[]
  /** The process that the child, started by such a command line, stands for. */
  pidOf(child: ChildProcess): number | undefined
  connect(port: number, host?: string): Duplex
  /** Ends whatever still runs and removes whatever is left. */
  close(): Promise<void>
}

const WARDEN = join(import.meta.dirname, 'warden.sh')
const RELAY = join(import.meta.dirname, 'relay.mjs')
export const NODE_ADDRESS = '10.200.0.1'

/** API server alone: on 127.0.0.1, with free ports, for whoever is on this machine and has the token. */
export async function openLoopback(): Promise<Place> {
  const { name, directory, close } = await openDirectory('loopback')
  return {
    name,
    directory,
    close,
    address: '127.0.0.1',
    // The kernel ends it when the test's process ends without a word.
    enter: (words) => ['setpriv', '--pdeathsig', 'KILL', '--', ...words],
    pidOf: (child) => child.pid,
    connect: (port, host = '127.0.0.1') => connect(port, host),
  }
}

/** A whole node: nothing of it listens on this machine. Needs root. */
export async function openNamespace(): Promise<Place> {
  const { name, directory, warden, close } = await openDirectory('namespace')
  // warden.sh → unshare → process 1 of the namespaces.
  const holder = childOf(childOf(warden.pid))
  if (holder === undefined) throw new Error('the namespaces have no process')
  // Not `ip netns exec`: that mounts a new /sys, without the control groups, and the kubelet ends.
  const enter = (words: readonly string[]): readonly string[] => [
    'nsenter',
    `--target=${holder}`,
    '--mount',
    '--net',
    '--pid',
    '--',
    ...words,
  ]
  const relay = join(directory, 'relay.sock')
  const [program = '', ...rest] = enter([process.execPath, RELAY, relay])
  const relaying = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(relaying.stdout, 'data')
  return {
    name,
    directory,
    close,
    address: NODE_ADDRESS,
    enter,
    // nsenter forks, for only a child can be in the other PID namespace, and hands no signal on.
    pidOf: (child) => childOf(child.pid),
    connect: (port, host = NODE_ADDRESS) => {
      const socket = connect(relay)
      socket.write(`${host} ${port}\n`)
      return socket
    },
  }
}

let opened = 0

async function openDirectory(kind: 'loopback' | 'namespace') {
  await clearLeftovers()
  opened += 1
  const name = `${NAME}${process.pid}-${opened}`
  const directory = join(tmpdir(), name)
  mkdirSync(directory, { mode: 0o700 })
  writeFileSync(join(directory, 'owner'), startTimeOf(process.pid) ?? '')
  // A session of its own: what is sent to the test's process group does not reach it.
  const warden = spawn('bash', [WARDEN, kind, directory], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(warden, 'exit')
  const close = async (): Promise<void> => {
    warden.stdin.end()
    await gone
  }
  const said = await Promise.race([once(warden.stdout, 'data'), gone])
  if (String(said[0]).trim() !== 'ready') throw new Error('no place for a Kubernetes could be made')
  return { name, directory, warden, close }
}

function childOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}
