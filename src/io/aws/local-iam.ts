import { ConfigError, parseStrictJson } from '../../core/index.ts'
import type { AdministratorCalls } from './administrator-calls.ts'
import { type CallIam, isIamQuestion, recordOf, textOf } from './iam-calls.ts'

/** IAM of an installation, as its administrator. */
export function localIam(calls: () => Promise<Pick<AdministratorCalls, 'readIam'>>): CallIam {
  return async (operation, input) => {
    const { code, body } = await (await calls()).readIam(operation, flatten(input))
    if (code === 'NoSuchEntity' && isIamQuestion(operation)) return undefined
    const answer = recordOf(parseStrictJson(body))
    if (code === '') return recordOf(recordOf(answer[`${operation}Response`])[`${operation}Result`])
    const said = textOf(recordOf(answer.Error).Message)
    throw new ConfigError(`the local cloud refuses ${operation}: ${code}${said === '' ? '' : `: ${said}`}`)
  }
}

/** SPEC: the query protocol names items `List.member.1`, and members of structures with dots. */
function flatten(input: Readonly<Record<string, unknown>>): Record<string, string> {
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
