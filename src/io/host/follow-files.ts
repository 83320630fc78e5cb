import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a file holds; undefined when there is none, and why when it cannot be read. */
export type FileText = string | undefined | { readonly unreadable: string }
/** In the order of the paths. */
export type FileTexts = readonly FileText[]

export interface FollowFilesOptions {
  readonly paths: readonly string[]
  /** Told when what they hold has changed since it was told last; the first time, always. */
  readonly onTexts: (texts: FileTexts) => void
  /** They are read so often, whatever the watch says: not every file system tells of changes. */
  readonly intervalMilliseconds?: number
}

export interface FollowedFiles {
  /** Reads them now. */
  refresh(): Promise<void>
  close(): void
}

const INTERVAL_MILLISECONDS = 5000
/** Kubernetes swaps a symbolic link beside the files; editors write, rename and touch. One reading is enough for all. */
const SETTLE_MILLISECONDS = 50

/** Reads small files, and again whenever they change. The directories are watched, since a mounted Secret changes by a link in them. */
export function followFiles(options: FollowFilesOptions): FollowedFiles {
  let told: FileTexts | undefined
  let isClosed = false
  let settle: NodeJS.Timeout | undefined
  let [begun, newest] = [0, 0]
  const refresh = async (): Promise<void> => {
    begun += 1
    const turn = begun
    const texts = await Promise.all(options.paths.map(readText))
    // A later reading may have ended before this one.
    if (turn < newest) return
    newest = turn
    if (isClosed || (told !== undefined && texts.every((text, at) => isSame(text, told?.[at])))) return
    told = texts
    options.onTexts(texts)
  }
  const refreshSoon = (): void => {
    settle ??= setTimeout(() => {
      settle = undefined
      void refresh()
    }, SETTLE_MILLISECONDS)
  }
  const watchers = watchDirectories(options.paths, refreshSoon)
  const timer = setInterval(() => void refresh(), options.intervalMilliseconds ?? INTERVAL_MILLISECONDS)
  timer.unref()
  return {
    refresh,
    close: () => {
      isClosed = true
      clearInterval(timer)
      clearTimeout(settle)
      for (const watcher of watchers) watcher.close()
    },
  }
}

async function readText(path: string): Promise<FileText> {
  try {
    return await readFile(path, 'utf8')
  } catch (failure) {
    const { code = 'unknown' } = failure as NodeJS.ErrnoException
    return ABSENT.has(code) ? undefined : { unreadable: code }
  }
}

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

function isSame(one: FileText, other: FileText): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other
  return one.unreadable === other.unreadable
}

/** Where a watch cannot be had (no such directory, too many watches), the interval alone does it. */
function watchDirectories(paths: readonly string[], onEvent: () => void): readonly FSWatcher[] {
  const directories = new Set(paths.map((path) => dirname(path)))
  return [...directories].flatMap((directory) => {
    try {
      const watcher = watch(directory, { persistent: false }, onEvent)
      watcher.on('error', () => watcher.close())
      return [watcher]
    } catch {
      // As above: it is read by the interval.
      return []
    }
  })
}
