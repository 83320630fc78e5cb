// An image as one file, without a container engine: what `docker load`, `podman load`, `ctr images import` and `kind load image-archive` take.
// The same files make the same bytes, wherever and whenever. Everything is read once and written once.
// SPEC: https://github.com/moby/docker-image-spec/blob/main/spec.md ("Combined Image JSON + Filesystem Changeset Format")
import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { directoryHeader, END, fileHeader, padding, spaceOf } from './tar.mjs'

const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le', s390x: 's390x', riscv64: 'riscv64' }
const NO_TIME = '1970-01-01T00:00:00Z'
const LAYER = 'layer.tar'

/** Writes `file`: an image of one layer called `name`, with these files and the settings of its containers (`Entrypoint`, `User`, …). */
export function writeImage(file, { name, files, settings }) {
  const entries = layerOf(files.flatMap(expand))
  const output = openSync(file, 'w')
  try {
    const digest = writeLayer(output, entries)
    const config = configOf(settings, digest)
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`
    writeText(output, configName, config)
    writeText(output, 'manifest.json', JSON.stringify([{ Config: configName, RepoTags: [name], Layers: [LAYER] }]))
    writeFileSync(output, END)
  } finally {
    closeSync(output)
  }
}

/**
 * `{ from, to, but? }`: a file or a folder of this machine, links followed, without the names that `but` matches; `{ text, to, isExecutable? }`: a file
 * of that text. Paths of the image begin with `/`.
 */
function expand({ from, text, to, isExecutable = false, but }) {
  if (text !== undefined) return [{ to, size: Buffer.byteLength(text), isExecutable, read: () => Buffer.from(text) }]
  if (but?.test(from)) return []
  const found = statSync(from)
  if (found.isDirectory())
    return readdirSync(from).flatMap((name) => expand({ from: join(from, name), to: `${to}/${name}`, but }))
  return [{ to, size: found.size, isExecutable: (found.mode & 0o100) !== 0, read: () => readFileSync(from) }]
}

/** With the folders that the files are in, each before what is in it. */
function layerOf(files) {
  const folders = new Set()
  for (const { to } of files) for (let at = dirname(to); at !== '/'; at = dirname(at)) folders.add(at)
  const all = [...files, ...[...folders].map((to) => ({ to, size: 0 }))]
  return all.sort((one, other) => (one.to < other.to ? -1 : 1)).map((entry) => ({ ...entry, to: entry.to.slice(1) }))
}

/** The layer as a file of the archive. Its digest. */
function writeLayer(output, entries) {
  const size = entries.reduce((total, entry) => total + spaceOf(entry.size), END.length)
  writeFileSync(output, fileHeader(LAYER, { size, isExecutable: false }))
  const hash = createHash('sha256')
  const write = (part) => {
    hash.update(part)
    writeFileSync(output, part)
  }
  for (const entry of entries) {
    write(entry.read === undefined ? directoryHeader(entry.to) : fileHeader(entry.to, entry))
    write(entry.read?.() ?? padding(0))
    write(padding(entry.size))
  }
  write(END)
  return hash.digest('hex')
}

function configOf(settings, digest) {
  return JSON.stringify({
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    created: NO_TIME,
    config: settings,
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    history: [{ created: NO_TIME, created_by: 'openirsa: scripts/build-image.mjs' }],
  })
}

function writeText(output, path, text) {
  const content = Buffer.from(text)
  for (const part of [
    fileHeader(path, { size: content.length, isExecutable: false }),
    content,
    padding(content.length),
  ])
    writeFileSync(output, part)
}
