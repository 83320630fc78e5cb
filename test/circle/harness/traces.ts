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

/** The kubelet writes the first of them. */
const SETTINGS = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'net/ipv4/ip_forward']

/** What a run of whatever name could change on the machine: compared before and after. */
export function stateOfMachine(): object {
  const places = FIXED_PLACES.map((place) => [place, existsSync(place) ? readdirSync(place).sort() : 'not there'])
  const links = spawnSync('ip', ['-brief', 'link'], { encoding: 'utf8' }).stdout
  const rules = spawnSync('iptables', ['-t', 'nat', '-S'], { encoding: 'utf8' }).stdout
  const settings = SETTINGS.map((name) => `${name} ${textOf(`/proc/sys/${name}`)}`)
  const groups = groupsOfContainers().filter((group) => !isOfAnotherRun(basename(group)))
  return { settings, groups, places: Object.fromEntries(places), links, rules }
}

function groupsOfContainers(): readonly string[] {
  const words = ['/sys/fs/cgroup', '-path', '*/k8s.io/*', '-type', 'd']
  const { stdout } = spawnSync('find', words, { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line !== '')
}

/** The state of the machine is asked for when there is no run of one's own. */
function isOfAnotherRun(container: string): boolean {
  const bundles = 'containerd-state/io.containerd.runtime.v2.task/k8s.io'
  return runsOnThisMachine().some((name) => existsSync(join(tmpdir(), name, bundles, container)))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
