import { parseArn } from '../../core/index.ts'
import { recordOf, textOf } from '../../io/aws/index.ts'
import { askInstallation, readFacts } from '../../io/installation/index.ts'
import type { CallFilter } from './generate.ts'

/** The longest that a session lives: the exchange of a call that is asked for may be so much older. */
const LONGEST_SESSION_MILLISECONDS = 12 * 3600 * 1000
/** Beyond that a policy says nothing any more, and this process would only grow. */
const MOST_EVENTS = 100_000

/**
 * Records of the running installation of that data directory, data events included, newest first.
 * @throws ConfigError when none is running there
 */
export async function readLocalTrail(
  dataDirectory: string,
  filter: CallFilter,
): Promise<{ readonly events: readonly unknown[]; readonly notes: readonly string[] }> {
  const { role, user } = filter
  const named = parseArn(role ?? user ?? '')?.account ?? ''
  const account = named === '' ? (await readFacts(dataDirectory)).account : named
  const from = earliestOf(filter)
  const events: unknown[] = []
  let after = ''
  do {
    const page = new URLSearchParams({ account, since: String(from), ...(after === '' ? {} : { after }) })
    const answer = recordOf(await askInstallation(dataDirectory, { method: 'GET', path: `trail?${page}` }))
    if (Array.isArray(answer.events)) events.push(...(answer.events as unknown[]))
    after = textOf(answer.next)
  } while (after !== '' && events.length < MOST_EVENTS)
  const notes = after === '' ? [] : [`only the newest ${events.length} records were read; --since asks for fewer`]
  return { events, notes }
}

/** The oldest record that may count, in milliseconds since 1970; of a service account's sessions the exchange counts too. */
export function earliestOf({ since, serviceAccount }: CallFilter): number {
  if (since === undefined) return 0
  return serviceAccount === undefined ? since : Math.max(0, since - LONGEST_SESSION_MILLISECONDS)
}
