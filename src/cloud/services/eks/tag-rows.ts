import type { Transaction } from 'kysely'
import type { EksTables } from './tables.ts'

export type Tags = ReadonlyMap<string, string>
export type Tx = Transaction<EksTables>
export type Reading = Pick<Tx, 'selectFrom'>

/** Tags of a cluster or an association. */
export async function readTags(db: Reading, arn: string): Promise<Tags> {
  const row = await db.selectFrom('eks_tags').select('tags').where('arn', '=', arn).executeTakeFirst()
  return new Map(row === undefined ? [] : (JSON.parse(row.tags) as [string, string][]))
}

export async function writeTags(tx: Tx, arn: string, tags: Tags): Promise<void> {
  await tx.deleteFrom('eks_tags').where('arn', '=', arn).execute()
  if (tags.size > 0)
    await tx
      .insertInto('eks_tags')
      .values({ arn, tags: JSON.stringify([...tags]) })
      .execute()
}
