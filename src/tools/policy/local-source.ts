import { ConfigError, parseArn, parseStrictJson } from '../../core/index.ts'
import { type AdministratorCalls, createAdministratorCalls } from '../../io/aws/index.ts'
import { systemClock } from '../../io/host/index.ts'
import { findRunningPid, readFacts } from '../../io/installation/index.ts'
import { type AskIam, recordOf, textOf } from './iam-reads.ts'
import { createIamSource } from './iam-source.ts'
import type { FoundPolicy, PolicySource } from './source.ts'

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
    asking: (account) => askThrough(() => callsOf(account)),
    findResourcePolicy: async (arn) => findBucketPolicy(await callsOf(''), arn),
  })
}

function askThrough(calls: () => Promise<AdministratorCalls>): AskIam {
  return async (operation, input) => {
    const { code, body } = await (await calls()).readIam(operation, input)
    if (code === 'NoSuchEntity') return undefined
    if (code !== '') throw new ConfigError(`the local cloud refuses ${operation}: ${code}`)
    const answer = recordOf(parseStrictJson(body))
    return recordOf(recordOf(answer[`${operation}Response`])[`${operation}Result`])
  }
}

async function findBucketPolicy(calls: AdministratorCalls, arn: string): Promise<FoundPolicy | undefined> {
  const parts = parseArn(arn)
  const [bucket = ''] = parts?.resource.split('/') ?? []
  if (parts?.service !== 's3' || !/^[a-z0-9][a-z0-9.-]{1,62}$/.test(bucket)) return undefined
  const { code, text } = await calls.s3({ method: 'GET', target: `/${bucket}?policy` })
  if (code === 'NoSuchBucketPolicy' || code === 'NoSuchBucket') return undefined
  if (code !== '')
    throw new ConfigError(`the local cloud does not show the policy of the bucket \`${bucket}\`: ${textOf(code)}`)
  return { name: `the policy of the bucket ${bucket}`, text }
}
