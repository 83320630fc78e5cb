/**
 * Conditions as the documentation tells them, one at a time.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
 */
import { covers, resolve, tokensOf, type Values, valueOfKey } from './naive-patterns.ts'

interface RawCondition {
  readonly operator: string
  readonly key: string
  /** As in the document: a scalar or a list of them. */
  readonly wanted: unknown
  readonly hasVariables: boolean
}

export function naiveCondition({ operator, key, wanted, hasVariables }: RawCondition, values: Values): boolean {
  let name = operator.toLowerCase()
  const isAll = name.startsWith('forallvalues:')
  const isAny = name.startsWith('foranyvalue:')
  if (isAll || isAny) name = name.slice(name.indexOf(':') + 1)
  const hasIfExists = name.endsWith('ifexists')
  if (hasIfExists) name = name.slice(0, -8)
  const wishes = (Array.isArray(wanted) ? wanted : [wanted]).map(String)
  const found = valueOfKey(values, key)
  const isMissing = found === undefined || (Array.isArray(found) && found.length === 0)
  if (name === 'null') return wishes.some((wish) => wish.toLowerCase() === String(isMissing))

  const isNegated = name.includes('not')
  const positive = name.replace('not', '')
  const one = (value: string) => {
    const isMatched = wishes.some((wish) => matchesOne(positive, wish, value, hasVariables, values))
    return isNegated ? !isMatched : isMatched
  }
  if (isAll) return isMissing || found === '' || [found].flat().every(one)
  if (isAny) return !isMissing && [found].flat().some(one)
  if (isMissing) return hasIfExists || isNegated
  return typeof found === 'string' && one(found)
}

function matchesOne(operator: string, wish: string, value: string, hasVariables: boolean, values: Values): boolean {
  const reading = (wildcards: boolean) => {
    if (!hasVariables) return wildcards ? 'wildcards' : undefined
    return wildcards ? 'wildcards and variables' : 'variables'
  }
  const glob = (pattern: string, text: string, wildcards: boolean): boolean => {
    const mode = reading(wildcards)
    if (mode === undefined) return pattern === text
    const tokens = resolve(tokensOf(pattern, mode), values, 'empty is a value')
    return tokens !== undefined && covers(tokens, text)
  }
  const plain = (pattern: string): string | undefined => {
    if (!hasVariables) return pattern
    const tokens = resolve(tokensOf(pattern, 'variables'), values, 'empty is a value')
    return tokens?.map((token) => (token.is === 'character' ? token.character : '')).join('')
  }
  switch (operator) {
    case 'stringequals':
      return plain(wish) === value
    case 'stringequalsignorecase':
      return plain(wish)?.toLowerCase() === value.toLowerCase()
    case 'stringlike':
      return glob(wish, value, true)
    case 'bool': {
      const bool = plain(wish)?.toLowerCase()
      return (bool === 'true' || bool === 'false') && bool === value.toLowerCase()
    }
    case 'binaryequals':
      return wish === value
    case 'ipaddress':
      return inNetwork(wish, value)
    case 'arnequals':
    case 'arnlike':
      return arnMatches(wish, value, hasVariables, (pattern, text) => glob(pattern, text, true))
    default:
      if (operator.startsWith('numeric')) return relate(operator.slice(7), numberOf(value), numberOf(wish))
      if (operator.startsWith('date')) return relate(operator.slice(4), timeOf(value), timeOf(wish))
      throw new Error(`no operator ${operator}`)
  }
}

function relate(relation: string, left: number | undefined, right: number | undefined): boolean {
  if (left === undefined || right === undefined) return false
  if (relation === 'equals') return left === right
  if (relation === 'lessthan') return left < right
  if (relation === 'lessthanequals') return left <= right
  return relation === 'greaterthan' ? left > right : left >= right
}

function numberOf(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

function timeOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function arnMatches(
  pattern: string,
  value: string,
  hasVariables: boolean,
  matches: (pattern: string, text: string) => boolean,
): boolean {
  const found = value.split(':')
  if (found[0] !== 'arn' || found.length < 6) return false
  if (pattern === '*') return true
  const hidden = hasVariables ? pattern.replaceAll(/\$\{[^}]*\}/g, (part) => part.replaceAll(':', '\u0001')) : pattern
  const parts = hidden.split(':').map((part) => part.replaceAll('\u0001', ':'))
  if (parts.length < 6) return hasVariables && /^\$\{[^}]{2,}\}$/.test(pattern) && matches(pattern, value)
  const join = (texts: readonly string[]) => [...texts.slice(0, 5), texts.slice(5).join(':')]
  const [wishes, texts] = [join(parts), join(found)]
  return wishes.every((wish, at) => matches(wish, texts[at]!))
}

/** Addresses as one large number each. */
function inNetwork(network: string, address: string): boolean {
  const [base = '', bits] = network.split('/')
  const [one, other] = [addressOf(base), addressOf(address)]
  if (one === undefined || other === undefined || one.width !== other.width) return false
  const shift = BigInt(one.width - Number(bits ?? one.width))
  return one.value >> shift === other.value >> shift
}

function addressOf(text: string): { readonly width: number; readonly value: bigint } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(Number)
    if (bytes.some((byte) => byte > 255)) return undefined
    return { width: 32, value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) }
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(':')) return undefined
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = groups(tail ?? '')
  const all =
    tail === undefined
      ? before
      : [...before, ...new Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return { width: 128, value: all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) }
}
