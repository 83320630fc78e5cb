import type { Kysely, Transaction } from 'kysely'
import type { AccountId } from '../../core/index.ts'
import type { Store } from '../../io/store/index.ts'
import { createDraft } from './collection.ts'
import { type Drafts, KEYS, type Memory, type NounName, type Nouns } from './nouns.ts'
import type { Codecs } from './rows.ts'
import { identityMigrations } from './tables.ts'

/** How the nouns live in the store: read once, written as they change. */
export interface Repository {
  /** Everything of those accounts. @throws StoreError `corrupt` */
  load(accounts: readonly AccountId[]): Promise<Memory>
  /** Writes what the drafts changed, all or nothing; durable when it resolves. */
  save(drafts: Drafts, memory: Memory): Promise<void>
}

/** Columns are known to the codecs; here all tables are alike. */
type AnyTables = Record<string, Record<string, unknown>>

const NOUNS = Object.keys(KEYS) as readonly NounName[]

export async function openRepository(store: Store, codecs: Codecs): Promise<Repository> {
  await store.migrate(identityMigrations)
  return {
    load: async (accounts) => {
      const memory = createMemory()
      for (const noun of NOUNS) await loadNoun(store.room<AnyTables>(), { codecs, noun, memory, accounts })
      return memory
    },
    save: (drafts, memory) =>
      store.transaction<AnyTables, void>(async (tx) => {
        for (const noun of NOUNS) await saveNoun(tx, { codecs, noun, memory, drafts })
      }),
  }
}

export function createMemory(): Memory {
  return {
    providers: new Map(),
    roles: new Map(),
    users: new Map(),
    policies: new Map(),
    grants: new Map(),
    accessKeys: new Map(),
    groups: new Map(),
    instanceProfiles: new Map(),
    aliases: new Map(),
  }
}

export function createDrafts(memory: Memory): Drafts {
  return {
    providers: createDraft(memory.providers, KEYS.providers),
    roles: createDraft(memory.roles, KEYS.roles),
    users: createDraft(memory.users, KEYS.users),
    policies: createDraft(memory.policies, KEYS.policies),
    grants: createDraft(memory.grants, KEYS.grants),
    accessKeys: createDraft(memory.accessKeys, KEYS.accessKeys),
    groups: createDraft(memory.groups, KEYS.groups),
    instanceProfiles: createDraft(memory.instanceProfiles, KEYS.instanceProfiles),
    aliases: createDraft(memory.aliases, KEYS.aliases),
  }
}

/** Makes the changes seen. */
export function applyDrafts(drafts: Drafts, memory: Memory): void {
  for (const noun of NOUNS) applyNoun(drafts[noun].changed, memory[noun])
}

function applyNoun(changed: ReadonlyMap<string, unknown>, kept: Map<string, unknown>): void {
  for (const [key, value] of changed) {
    if (value === undefined) kept.delete(key)
    else kept.set(key, value)
  }
}

interface AnyCodec {
  readonly table: string
  readonly key: readonly string[]
  rowOf(value: unknown): Record<string, unknown>
  valueOf(row: unknown): unknown
}

// A codec and the values it is for always come from the same noun; the compiler cannot follow that through a loop.
const codecOf = (codecs: Codecs, noun: NounName): AnyCodec => codecs[noun] as unknown as AnyCodec

interface Loading {
  readonly codecs: Codecs
  readonly noun: NounName
  readonly memory: Memory
  readonly accounts: readonly AccountId[]
}

async function loadNoun(db: Kysely<AnyTables>, { codecs, noun, memory, accounts }: Loading): Promise<void> {
  const codec = codecOf(codecs, noun)
  const keyOf = KEYS[noun] as (value: unknown) => string
  const kept = memory[noun] as Map<string, unknown>
  const rows = await db.selectFrom(codec.table).selectAll().where('account', 'in', accounts).execute()
  for (const row of rows) {
    const value = codec.valueOf(row)
    kept.set(keyOf(value), value)
  }
}

interface Saving {
  readonly codecs: Codecs
  readonly noun: NounName
  readonly memory: Memory
  readonly drafts: Drafts
}

async function saveNoun(tx: Transaction<AnyTables>, { codecs, noun, memory, drafts }: Saving): Promise<void> {
  const codec = codecOf(codecs, noun)
  const changed: ReadonlyMap<string, Nouns[NounName] | undefined> = drafts[noun].changed
  // What goes first: another name may come for the same unique id.
  for (const [key, value] of changed) {
    const gone = memory[noun].get(key)
    if (value !== undefined || gone === undefined) continue
    const row = codec.rowOf(gone)
    let statement = tx.deleteFrom(codec.table)
    for (const column of codec.key) statement = statement.where(column, '=', row[column])
    await statement.execute()
  }
  for (const value of changed.values()) {
    if (value === undefined) continue
    const row = codec.rowOf(value)
    await tx
      .insertInto(codec.table)
      .values(row)
      .onConflict((conflict) => conflict.columns([...codec.key]).doUpdateSet(row))
      .execute()
  }
}
