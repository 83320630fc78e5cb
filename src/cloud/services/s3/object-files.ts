import { type FileHandle, mkdir, open, opendir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Randomness } from '../../../core/index.ts'
import type { Content } from './model.ts'
import type { ByteRange } from './ranges.ts'

/** Bytes that are on the disk and belong to no object yet. */
export interface Written {
  readonly content: Content
  readonly size: number
}

/** Files of objects: named by a random id, never by anything that a caller chose. */
export interface ObjectFiles {
  /**
   * Takes in a body. When it resolves the bytes are on the disk (fsync), when it rejects nothing is left.
   * `observe` sees each chunk before it is written, and may refuse by throwing; `complete` says at the end whether all is well.
   */
  write(source: AsyncIterable<Uint8Array>, watch: WriteWatch): Promise<Written>
  /** The bytes of a range; undefined when the file has gone, because the object has just been replaced or deleted. */
  read(content: Content, range: ByteRange): Promise<Readable | undefined>
  /** Frees what no object uses any more. */
  remove(content: Content | undefined): Promise<void>
  /** Deletes what a crash left: unfinished files, and files that no object uses. */
  sweep(inUse: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void>
}

export interface WriteWatch {
  observe(chunk: Uint8Array): void
  complete(): void
}

/**
 * Up to so many bytes stay in the object's row: one commit instead of two more fsyncs and a rename.
 */
export const LARGEST_INLINE = 4096

const UNFINISHED = '.tmp'
const SWEEP_BATCH = 200

/** @throws when the directory cannot be made */
export async function openObjectFiles(directory: string, randomness: Randomness): Promise<ObjectFiles> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const pathOf = (id: string): string => join(directory, id)
  const newId = (): string => Buffer.from(randomness.bytes(16)).toString('hex')
  return {
    write: async (source, watch) => {
      const start = await readStart(source, watch)
      if (start.rest === undefined) {
        watch.complete()
        return { content: { kind: 'inline', bytes: start.bytes }, size: start.bytes.length }
      }
      const id = newId()
      const size = await writeFile({ directory, path: pathOf(id), first: start.bytes, rest: start.rest, watch })
      return { content: { kind: 'file', id }, size }
    },
    read: async (content, { first, last }) => {
      if (content.kind === 'inline')
        return Readable.from([content.bytes.subarray(first, last + 1)], { objectMode: false })
      if (last < first) return Readable.from([])
      const file = await openIfThere(pathOf(content.id))
      return file?.createReadStream({ start: first, end: last, highWaterMark: 256 * 1024 })
    },
    remove: async (content) => {
      if (content?.kind === 'file') await rm(pathOf(content.id), { force: true })
    },
    sweep: (inUse) => sweep(directory, inUse),
  }
}

interface Start {
  readonly bytes: Buffer
  /** What is still to come; undefined when `bytes` are all. */
  readonly rest: AsyncIterator<Uint8Array> | undefined
}

async function readStart(source: AsyncIterable<Uint8Array>, watch: WriteWatch): Promise<Start> {
  const chunks: Uint8Array[] = []
  let length = 0
  const iterator = source[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await iterator.next()
    if (done === true) return { bytes: Buffer.concat(chunks), rest: undefined }
    watch.observe(value)
    chunks.push(value)
    length += value.length
    if (length > LARGEST_INLINE) return { bytes: Buffer.concat(chunks), rest: iterator }
  }
}

interface FileJob {
  readonly directory: string
  readonly path: string
  readonly first: Buffer
  readonly rest: AsyncIterator<Uint8Array>
  readonly watch: WriteWatch
}

// INVARIANT: written under a temporary name, flushed, renamed, and the directory flushed, before any row names it.
async function writeFile(job: FileJob): Promise<number> {
  const unfinished = `${job.path}${UNFINISHED}`
  try {
    const file = await open(unfinished, 'wx', 0o600)
    try {
      const size = await pour(file, job)
      job.watch.complete()
      await file.sync()
      await file.close()
      await rename(unfinished, job.path)
      await flushDirectory(job.directory)
      return size
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    await rm(unfinished, { force: true })
    await rm(job.path, { force: true })
    throw error
  }
}

async function pour(file: FileHandle, { first, rest, watch }: FileJob): Promise<number> {
  await file.writeFile(first)
  let size = first.length
  for (;;) {
    const { done, value } = await rest.next()
    if (done === true) return size
    watch.observe(value)
    await file.writeFile(value)
    size += value.length
  }
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function sweep(
  directory: string,
  inUse: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  let batch: string[] = []
  const judge = async (): Promise<void> => {
    const used = await inUse(batch)
    for (const id of batch) if (!used.has(id)) await rm(join(directory, id), { force: true })
    batch = []
  }
  for await (const { name } of await opendir(directory)) {
    if (name.endsWith(UNFINISHED)) await rm(join(directory, name), { force: true })
    else batch.push(name)
    if (batch.length >= SWEEP_BATCH) await judge()
  }
  await judge()
}
