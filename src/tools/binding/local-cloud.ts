import { partitionOf, type Region } from '../../core/index.ts'
import { createAdministratorCalls, localIam } from '../../io/aws/index.ts'
import { systemClock } from '../../io/host/index.ts'
import { readFacts } from '../../io/installation/index.ts'
import type { BindingCloud } from './model.ts'

/** The installation of that data directory, as its administrator. @throws ConfigError when none is there */
export async function localCloud(dataDirectory: string, account: string | undefined): Promise<BindingCloud> {
  const facts = await readFacts(dataDirectory)
  const own = { ...facts, account: account ?? facts.account }
  const calls = await createAdministratorCalls(own, { dataDirectory, clock: systemClock })
  return { account: own.account, partition: partitionOf(facts.region as Region), call: localIam(async () => calls) }
}
