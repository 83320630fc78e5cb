/** What this machine can do, and what it would need: a reason means no. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Machine {
  /** Why no API server can be started. */
  readonly noControlPlane?: string
  /** Why no node can be started. */
  readonly noNode?: string
}

/** Commands of a node, and Debian's packages of them. */
const PACKAGES: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  '/usr/lib/cni/ptp': 'containernetworking-plugins',
  ip: 'iproute2',
  iptables: 'iptables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
}

export function examineMachine(): Machine {
  const noControlPlane = reasonAgainstControlPlane()
  const noNode = noControlPlane ?? reasonAgainstNode()
  return {
    ...(noControlPlane === undefined ? {} : { noControlPlane }),
    ...(noNode === undefined ? {} : { noNode }),
  }
}

function reasonAgainstControlPlane(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  const build = join(import.meta.dirname, '..', 'build.mjs')
  const isBuilt = spawnSync(process.execPath, [build, '--is-built']).status === 0
  if (!isBuilt && !isThere('go') && !isThere('/usr/local/go/bin/go')) return 'no Go to build Kubernetes with'
  const missing = ['bash', 'flock', 'setpriv'].filter((command) => !isThere(command))
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} (package util-linux)`
}

function reasonAgainstNode(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, for namespaces and containers'
  const missing = Object.keys(PACKAGES).filter((command) => !isThere(command))
  if (missing.length > 0) {
    const packages = new Set(missing.map((command) => PACKAGES[command]))
    return `no ${missing.join(', ')}: apt-get install ${[...packages].join(' ')}`
  }
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc']
  const probe = spawnSync('unshare', [...namespaces, 'bash', '-c', MOUNT_AN_OVERLAY])
  return probe.status === 0 ? undefined : `no namespaces or no overlay mounts here: ${String(probe.stderr).trim()}`
}

/** Tried, for the kernel may load what it does not list yet, and a directory of an overlay carries no other one. */
const MOUNT_AN_OVERLAY = `
  place=$(mktemp -d) && mkdir "$place"/{lower,upper,work,merged} &&
  mount -t overlay overlay -o "lowerdir=$place/lower,upperdir=$place/upper,workdir=$place/work" "$place/merged"
  status=$?
  umount "$place/merged" 2>/dev/null
  rm -rf "$place"
  exit $status`

function isThere(command: string): boolean {
  const places = command.startsWith('/')
    ? [command]
    : (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, command))
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
