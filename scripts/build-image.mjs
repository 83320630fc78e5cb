#!/usr/bin/env node
// Writes openirsa's container image with no container engine and no registry: `node scripts/build-image.mjs --output FILE [--name REF] [--dist DIR]`, then
// `docker load -i FILE`, `kind load image-archive FILE`, or `ctr -n k8s.io images import FILE`.
// In it: the Node.js that runs this script and `ip` of iproute2 with the libraries they are linked to, the built package, what it depends on,
// certificates; no shell. `ip` is for the agent of EKS Pod Identity, which gives a node its address; a machine without it makes an image without.
// It runs from a read-only file system, as any user. It names none, as the reference webhook's image does: that one's manifests listen on port 443,
// which other users may only since containerd 2. Those of `openirsa webhook manifest` say 65532. `/webhook` is the reference's command.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeImage } from './image/archive.mjs'

const root = join(import.meta.dirname, '..')
const APP = '/usr/lib/openirsa'
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
const USER = 65532

/** Names of what no program reads. */
const UNREAD = /\.(d\.[cm]?ts|map|md|markdown|tsbuildinfo)$/

function runtime() {
  const node = realpathSync(process.execPath)
  return [{ from: node, to: '/usr/bin/node' }, ...librariesOf(node)]
}

const IP_PATHS = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip']

function addressTool() {
  const found = IP_PATHS.find((path) => existsSync(path))
  if (found === undefined) {
    console.error(
      'build-image: WARNING: this machine has no `ip`: nodes get no address from this image, so that the pods of `openirsa agent manifest` do not start; install iproute2',
    )
    return []
  }
  const ip = realpathSync(found)
  return [{ from: ip, to: '/usr/bin/ip' }, ...librariesOf(ip)]
}

function librariesOf(program) {
  // `libc.so.6 => /lib/…/libc.so.6 (0x…)`, and the loader by its path alone; vdso is none of the machine's files.
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => ({ from: path, to: path }))
}

/** Programs share libraries. */
const onceEach = (files) => [...new Map(files.map((file) => [file.to, file])).values()]

function application(dist) {
  if (!existsSync(join(dist, 'cli/main.js')))
    throw new Error(`nothing is built in ${dist}; run \`npm run build\` first`)
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const needed = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional && existsSync(join(root, path)))
    .map(([path]) => path)
    // What lies inside of another one comes along with it.
    .filter((path, _, all) => !all.some((other) => path.startsWith(`${other}/`)))
  const here = ['package.json', 'LICENSE', 'NOTICE', ...needed].map((path) => [join(root, path), path])
  return [[dist, 'dist'], ...here].map(([from, path]) => ({ from, to: `${APP}/${path}`, but: UNREAD }))
}

/** Not a link to the command, which looks for node by `env`. Called as `/webhook`, the command knows what that means. */
const LAUNCHER = `#!/usr/bin/node\nimport('${APP}/dist/cli/main.js')\n`

const surroundings = () => [
  { text: LAUNCHER, to: '/usr/bin/openirsa', isExecutable: true },
  { text: LAUNCHER, to: '/webhook', isExecutable: true },
  { text: `root:x:0:0::/:/\nopenirsa:x:${USER}:${USER}::/:/\n`, to: '/etc/passwd' },
  { text: `root:x:0:\nopenirsa:x:${USER}:\n`, to: '/etc/group' },
  { text: 'hosts: files dns\n', to: '/etc/nsswitch.conf' },
  ...(existsSync(CERTIFICATES) ? [{ from: CERTIFICATES, to: CERTIFICATES }] : []),
]

const text = { type: 'string' }
const { values } = parseArgs({ options: { output: text, name: text, dist: { ...text, default: join(root, 'dist') } } })
if (values.output === undefined) {
  console.error('build-image: where to? --output FILE [--name REF] [--dist DIR]')
  process.exit(2)
}
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
writeImage(resolve(values.output), {
  name: values.name ?? `openirsa:${version}`,
  files: onceEach([...runtime(), ...addressTool(), ...application(resolve(values.dist)), ...surroundings()]),
  settings: { Entrypoint: ['/usr/bin/openirsa'], Env: ['PATH=/usr/bin'], WorkingDir: '/' },
})
