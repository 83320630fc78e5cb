import type { KyselyPlugin, QueryResult, UnknownRow } from 'kysely'

const WRITES: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])

/** Refuses to write outside of a transaction: only a transaction is durable when its promise resolves. */
export const readOnly: KyselyPlugin = {
  transformQuery: ({ node }) => {
    if (WRITES.has(node.kind)) throw new TypeError('the store is written to in a transaction, see `Store.transaction`')
    return node
  },
  transformResult: ({ result }): Promise<QueryResult<UnknownRow>> => Promise.resolve(result),
}
