import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { runsOnThisMachine } from './leftovers.ts'

/** Where the programs of a node write when nobody keeps them from it. */
const FIXED_PLACES = [
  '/run/netns',
  '/run/containerd',
  '/run/containerd/s',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/lib/containerd',
  '/var/log/pods',
  '/var/log/containers',
  '/etc/cni/net.d',
  '/usr/libexec/kubernetes',
]

/** What is to be seen of one run from outside: nothing, when it has ended. */
export function tracesOf(name: string): readonly string[] {
  const processes = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && textOf(`/proc/${pid}/cmdline`).includes(name))
    .map((pid) => `process ${pid}: ${textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 120)}`)
  const mounts = textOf('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(name))
  return [...processes, ...mounts, ...runsOnThisMachine().filter((run) => run === name)]
}

/** Identifiers of the containers of a run. */
export function containersOf(name: string): readonly string[] {
  return readdirSync(join(tmpdir(), name, 'containerd-state/io.containerd.runtime.v2.task/k8s.io'))
}

/** Control groups of containers. */
export function groupsOf(containers: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('find', ['/sys/fs/cgroup', '-path', '*/k8s.io/*', '-type', 'd'], { encoding: 'utf8' })
  return stdout.split('\n').filter((group) => containers.includes(basename(group)))
}

/** The kubelet writes the first of them. */
const SETTINGS = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'net/ipv4/ip_forward']

/** What any run could change on the machine: compared before and after, also while others run. */
export function stateOfMachine(): object {
  const places = FIXED_PLACES.map((place) => [place, existsSync(place) ? readdirSync(place).sort() : 'not there'])
  const links = spawnSync('ip', ['-brief', 'link'], { encoding: 'utf8' }).stdout
  const rules = spawnSync('iptables', ['-t', 'nat', '-S'], { encoding: 'utf8' }).stdout
  const settings = SETTINGS.map((name) => `${name} ${textOf(`/proc/sys/${name}`)}`)
  return { settings, places: Object.fromEntries(places), links, rules }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
