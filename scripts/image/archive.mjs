// An image as one file, without a container engine: what `docker load`, `podman load`, `ctr images import` and `kind load image-archive` take.
// The same files make the same bytes, wherever and whenever.
// SPEC: https://github.com/moby/docker-image-spec/blob/main/spec.md ("Combined Image JSON + Filesystem Changeset Format")
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, createReadStream, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le', s390x: 's390x', riscv64: 'riscv64' }
const NO_TIME = '1970-01-01T00:00:00Z'

/** Writes `file`: an image of one layer called `name`, with these files and the settings of its containers (`Entrypoint`, `User`, …). */
export async function writeImage(file, { name, files, settings }) {
  const work = mkdtempSync(join(tmpdir(), 'openirsa-image-'))
  try {
    for (const one of files) place(join(work, 'root'), one)
    const layer = join(work, 'layer.tar')
    tar(layer, join(work, 'root'), ['.'])
    const digest = await sha256(layer)
    const config = JSON.stringify({
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      os: 'linux',
      created: NO_TIME,
      config: settings,
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      history: [{ created: NO_TIME, created_by: 'openirsa: scripts/build-image.mjs' }],
    })
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`
    writeFileSync(join(work, configName), config)
    const manifest = [{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest))
    tar(file, work, ['manifest.json', configName, 'layer.tar'])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** `{ from, to, but? }`: a file or a folder of this machine, without the names that `but` matches; `{ text, to }`: a file with that text. */
function place(root, { from, text, to, mode, but }) {
  const path = join(root, to)
  mkdirSync(dirname(path), { recursive: true })
  if (text !== undefined) writeFileSync(path, text)
  else {
    const filter = (source) => but === undefined || !but.test(source)
    cpSync(from, path, { recursive: true, dereference: true, filter })
  }
  if (mode !== undefined) chmodSync(path, mode)
  else if (statSync(path).isFile() && text !== undefined) chmodSync(path, 0o644)
}

/** Times, owners and order are no part of what is packed; rights are, without those of the caller's umask. */
function tar(file, directory, names) {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w']
  execFileSync('tar', ['--create', '--file', file, '--format=gnu', ...same, '--directory', directory, ...names])
}

async function sha256(file) {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}
