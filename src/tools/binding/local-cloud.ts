import { ConfigError, parseStrictJson } from '../../core/index.ts'
import { createAdministratorCalls } from '../../io/aws/index.ts'
import { systemClock } from '../../io/host/index.ts'
import { readFacts } from '../../io/installation/index.ts'
import { isQuestion, recordOf, textOf } from './answers.ts'
import type { BindingCloud, CallIam, IamInput } from './model.ts'

/** The installation of that data directory, as its administrator. @throws ConfigError when none is there */
export async function localCloud(dataDirectory: string, account: string | undefined): Promise<BindingCloud> {
  const facts = await readFacts(dataDirectory)
  const own = { ...facts, account: account ?? facts.account }
  const calls = await createAdministratorCalls(own, { dataDirectory, clock: systemClock })
  const call: CallIam = async (operation, input) => {
    const { code, body } = await calls.readIam(operation, flatten(input))
    if (code === 'NoSuchEntity' && isQuestion(operation)) return undefined
    const answer = recordOf(parseStrictJson(body))
    if (code !== '') throw refused(operation, code, textOf(recordOf(answer.Error).Message))
    return recordOf(recordOf(answer[`${operation}Response`])[`${operation}Result`])
  }
  const partition = /^cn-/.test(facts.region) ? 'aws-cn' : /^us-gov-/.test(facts.region) ? 'aws-us-gov' : 'aws'
  return { account: own.account, partition, call }
}

function refused(operation: string, code: string, said: string): ConfigError {
  return new ConfigError(`IAM refuses ${operation}: ${code}${said === '' ? '' : `: ${said}`}`, {
    hint: 'what was done before stays; the same command goes on from there',
  })
}

/** SPEC: the query protocol names items `List.member.1`, and members of structures with dots. */
export function flatten(input: IamInput): Record<string, string> {
  const out: Record<string, string> = {}
  const write = (path: string, value: unknown): void => {
    if (Array.isArray(value)) for (const [at, item] of value.entries()) write(`${path}.member.${at + 1}`, item)
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) write(`${path}.${name}`, member)
    else if (value !== undefined) out[path] = String(value)
  }
  for (const [name, value] of Object.entries(input)) write(name, value)
  return out
}
