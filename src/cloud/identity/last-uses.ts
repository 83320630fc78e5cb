import type { Clock, Instant } from '../../core/index.ts'
import type { Log } from '../../io/host/index.ts'
import type { Migration, Store } from '../../io/store/index.ts'

/** When a role or an access key was last used, and for what. */
export interface LastUse {
  readonly at: Instant
  readonly region: string
  /** Signing name, such as `s3`. */
  readonly service: string
}

/** Who has proven to be somebody, as far as it says what was used: every principal of the gateway fits. */
export type User =
  | { readonly kind: 'assumed-role'; readonly role: { readonly uniqueId: string } }
  | { readonly kind: 'iam-user'; readonly accessKeyId: string }
  | { readonly kind: 'web-identity' | 'anonymous' }

/** What the gateway tells of each call that somebody proved to be theirs. */
export interface UseNotes {
  /** Costs one look-up in memory and never waits. */
  note(user: User, call: { readonly time: Instant; readonly region: string; readonly service: string }): void
}

/** What IAM asks. */
export interface LastUseReader {
  /** By the unique id of a role or the id of an access key; undefined for one that was not used in the trailing 400 days. */
  find(id: string): LastUse | undefined
}

export interface LastUses extends UseNotes, LastUseReader {
  /** Writes what is new; durable when it resolves. Also done by itself, a minute after the first use that is not yet written. */
  flush(): Promise<void>
  /** Writes what is new, for the last time. */
  close(): Promise<void>
}

export interface LastUseOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}

interface LastUseTables {
  iam_last_uses: { id: string; used_at: number; region: string; service: string }
}

const TABLE = 'iam_last_uses'
/** SPEC: IAM reports the activity of the trailing 400 days. */
const REPORTED_MILLISECONDS = 400 * 24 * 3600 * 1000
const FLUSH_AFTER_MILLISECONDS = 60_000
/** Rows of one transaction at most, so that none holds the event loop. */
const LARGEST_GROUP = 500

/** The schema, step by step. */
export const lastUseMigrations: readonly Migration[] = [
  {
    name: 'last-uses-0001-last-uses',
    up: async (db) => {
      await db.schema
        .createTable(TABLE)
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('used_at', 'bigint', (column) => column.notNull())
        .addColumn('region', 'text', (column) => column.notNull())
        .addColumn('service', 'text', (column) => column.notNull())
        .execute()
    },
  },
]

interface Entry {
  readonly id: string
  at: Instant
  region: string
  service: string
  isWritten: boolean
}

/**
 * Keeps last uses in memory, and writes those that changed in groups: a process that is killed forgets a minute of them at
 * most, and no call waits for any. Runs its migrations.
 */
export async function openLastUses(options: LastUseOptions): Promise<LastUses> {
  await options.store.migrate(lastUseMigrations)
  return new LastUseBook(options, await load(options.store))
}

class LastUseBook implements LastUses {
  readonly #options: LastUseOptions
  readonly #entries: Map<string, Entry>
  #unwritten: Entry[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: LastUseOptions, entries: Map<string, Entry>) {
    this.#options = options
    this.#entries = entries
  }

  note(user: User, { time, region, service }: Parameters<UseNotes['note']>[1]): void {
    const id = usedId(user)
    if (id === undefined) return
    let entry = this.#entries.get(id)
    if (entry === undefined) {
      entry = { id, at: time, region, service, isWritten: true }
      this.#entries.set(id, entry)
    } else if (time < entry.at) return
    entry.at = time
    entry.region = region
    entry.service = service
    if (!entry.isWritten) return
    entry.isWritten = false
    this.#unwritten.push(entry)
    this.#remind()
  }

  find(id: string): LastUse | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.at < this.#oldest()) return undefined
    const { at, region, service } = entry
    return { at, region, service }
  }

  flush(): Promise<void> {
    // Whoever asked for the write before was told of its failure; what it could not write is in this one.
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#writeAll())
    return this.#writing
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.flush()
  }

  async #writeAll(): Promise<void> {
    const all = this.#unwritten
    this.#unwritten = []
    for (let at = 0; at < all.length; at += LARGEST_GROUP) {
      const group = all.slice(at, at + LARGEST_GROUP)
      try {
        await write(this.#options.store, group, this.#oldest())
      } catch (failure) {
        for (const entry of group) entry.isWritten = false
        // Those that came meanwhile are among them, or behind them.
        this.#unwritten = [...new Set([...all.slice(at), ...this.#unwritten])]
        throw failure
      }
    }
  }

  #remind(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.flush().catch((failure: unknown) => {
        this.#options.log.warn({ failure }, 'last uses of roles and access keys could not be written')
        this.#remind()
      })
    }, FLUSH_AFTER_MILLISECONDS).unref()
  }

  #oldest(): number {
    return this.#options.clock.now() - REPORTED_MILLISECONDS
  }
}

/** SPEC: a session is a use of its role; who assumes the role has not used it yet. */
function usedId(user: User): string | undefined {
  switch (user.kind) {
    case 'assumed-role':
      return user.role.uniqueId
    case 'iam-user':
      return user.accessKeyId
    case 'web-identity':
    case 'anonymous':
      return undefined
  }
}

async function load(store: Store): Promise<Map<string, Entry>> {
  const rows = await store.room<LastUseTables>().selectFrom(TABLE).selectAll().execute()
  return new Map(
    rows.map(({ id, used_at, region, service }) => [
      id,
      { id, at: Number(used_at) as Instant, region, service, isWritten: true },
    ]),
  )
}

async function write(store: Store, group: readonly Entry[], oldest: number): Promise<void> {
  await store.transaction<LastUseTables, void>(async (tx) => {
    for (const entry of group) {
      const { id, at: used_at, region, service } = entry
      // From here on, a use is news again.
      entry.isWritten = true
      await tx
        .insertInto(TABLE)
        .values({ id, used_at, region, service })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ used_at, region, service }))
        .execute()
    }
    await tx.deleteFrom(TABLE).where('used_at', '<', oldest).execute()
  })
}
