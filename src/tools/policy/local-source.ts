import { ConfigError } from '../../core/index.ts'
import { type AdministratorCalls, createAdministratorCalls, localIam, textOf } from '../../io/aws/index.ts'
import { systemClock } from '../../io/host/index.ts'
import { askInstallation, findRunningPid, readFacts } from '../../io/installation/index.ts'
import { bucketOf } from './bucket-of.ts'
import { createIamSource } from './iam-source.ts'
import type { FoundOrganization, FoundResource, PolicySource } from './source.ts'

/**
 * Policies as the installation of that data directory keeps them, read through AWS's APIs with its administrators' keys.
 * @throws ConfigError when none is running there
 */
export async function localSource(dataDirectory: string): Promise<PolicySource> {
  const facts = await readFacts(dataDirectory)
  if (findRunningPid(dataDirectory) !== facts.pid) {
    throw new ConfigError(`no installation is running in \`${dataDirectory}\``, {
      hint: 'start it with `openirsa up`, or give the policies as files',
    })
  }
  const byAccount = new Map<string, Promise<AdministratorCalls>>()
  const callsOf = (account: string): Promise<AdministratorCalls> => {
    const own = { ...facts, account: account === '' || account === 'aws' ? facts.account : account }
    const known = byAccount.get(own.account) ?? createAdministratorCalls(own, { dataDirectory, clock: systemClock })
    byAccount.set(own.account, known)
    return known
  }
  return createIamSource({
    place: 'the local cloud',
    asking: (account) => localIam(() => callsOf(account)),
    findResource: async (arn) => {
      const bucket = bucketOf(arn)
      return bucket === undefined ? { isRead: true } : findBucket(bucket, facts.accounts, callsOf)
    },
    findOrganization: async (account) => {
      const path = `organization/${encodeURIComponent(account)}`
      const answer = (await askInstallation(dataDirectory, { method: 'GET', path })) as {
        readonly organization?: FoundOrganization
      }
      return answer.organization
    },
  })
}

/** Asks one administrator after the other: to all but the owner's, S3 says no more than that access is denied. */
async function findBucket(
  bucket: string,
  accounts: readonly string[],
  callsOf: (account: string) => Promise<AdministratorCalls>,
): Promise<FoundResource> {
  for (const account of accounts) {
    const { code, text } = await (await callsOf(account)).s3({ method: 'GET', target: `/${bucket}?policy` })
    if (code === 'NoSuchBucket') return { isRead: true }
    if (code === 'NoSuchBucketPolicy') return { account, isRead: true }
    if (code === '') return { policy: { name: `the policy of the bucket ${bucket}`, text }, account, isRead: true }
    if (!NOT_THE_OWNERS.has(code))
      throw new ConfigError(`the local cloud does not show the policy of the bucket \`${bucket}\`: ${textOf(code)}`)
  }
  throw new ConfigError(`the local cloud shows the policy of the bucket \`${bucket}\` to none of its administrators`, {
    hint: 'the bucket is of an account that the installation was started without, or its own policy denies reading it',
  })
}

const NOT_THE_OWNERS: ReadonlySet<string> = new Set(['AccessDenied', 'MethodNotAllowed'])
