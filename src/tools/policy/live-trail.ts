import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../../core/index.ts'
import { loadSdk } from '../../io/aws/index.ts'
import type { CallFilter } from './generate.ts'
import { earliestOf } from './local-trail.ts'
import { readEvents } from './recorded-call.ts'

/** SPEC: LookupEvents answers 50 records a call, and two calls a second in an account and region. */
const PAUSE_MILLISECONDS = 500
/** Ten minutes of asking. */
const MOST_PAGES = 1200

/**
 * Records as AWS keeps them, by the credentials and in the region that the AWS SDK finds by itself, newest first. It changes nothing.
 * @throws ConfigError when the SDK is not installed, or AWS does not answer
 */
export async function readLiveTrail(
  filter: CallFilter,
): Promise<{ readonly events: readonly unknown[]; readonly notes: readonly string[] }> {
  const sdk = await loadSdk(
    { name: '@aws-sdk/client-cloudtrail', by: '--live', otherwise: 'give records of a trail with --events FILE' },
    () => import('@aws-sdk/client-cloudtrail'),
  )
  const client = new sdk.CloudTrailClient({ retryMode: 'adaptive' })
  const from = earliestOf(filter)
  const question = {
    // An event is found under the name of who signed: that of a session says nothing of its role.
    ...(filter.user === undefined
      ? {}
      : { LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: lastName(filter.user) } as const] }),
    ...(from === 0 ? {} : { StartTime: new Date(from) }),
  }
  const events: unknown[] = []
  let next: string | undefined
  let pages = 0
  try {
    do {
      if (pages > 0) await pause(PAUSE_MILLISECONDS)
      const page = await client.send(
        new sdk.LookupEventsCommand({ ...question, ...(next === undefined ? {} : { NextToken: next }) }),
      )
      for (const { CloudTrailEvent = '' } of page.Events ?? []) events.push(...readEvents('AWS', CloudTrailEvent))
      next = page.NextToken
      pages += 1
    } while (next !== undefined && pages < MOST_PAGES)
  } catch (cause) {
    throw refused(cause)
  } finally {
    client.destroy()
  }
  const notes = await notesOf(client)
  return { events, notes: [...notes, ...(next === undefined ? [] : [tooMany(events.length)])] }
}

/** A name alone, or the end of an ARN. */
const lastName = (user: string): string => user.slice(user.lastIndexOf('/') + 1)

const tooMany = (count: number): string => `only the newest ${count} records were read; --since asks for fewer`

async function notesOf({ config }: { readonly config: { region(): Promise<string> } }): Promise<readonly string[]> {
  const place = `AWS's event history has management events of ${await config.region()} alone`
  return [`${place}: what was done to objects, items or messages is in the files of a trail, which --events takes`]
}

function refused(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause
  return new ConfigError(`AWS does not answer LookupEvents: ${cause.name}: ${cause.message}`, {
    cause,
    hint: 'reading records needs a region (AWS_REGION) and credentials that may cloudtrail:LookupEvents',
  })
}
