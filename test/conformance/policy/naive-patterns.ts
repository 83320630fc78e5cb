/** Wildcards and variables as the documentation tells them: one token for each character. */

export type Values = Readonly<Record<string, string | readonly string[]>>

export type Token =
  | { readonly is: 'character'; readonly character: string }
  | { readonly is: 'any run' }
  | { readonly is: 'any one' }
  | { readonly is: 'variable'; readonly key: string; readonly fallback?: string }
  | { readonly is: 'nonsense' }

export function tokensOf(
  text: string,
  reading: 'wildcards' | 'variables' | 'wildcards and variables',
): readonly Token[] {
  const tokens: Token[] = []
  const character = (one: string) => tokens.push({ is: 'character', character: one })
  let at = 0
  while (at < text.length) {
    const end = reading.includes('variables') && text.slice(at, at + 2) === '${' ? endOfVariable(text, at) : -1
    if (end > 0) {
      tokens.push(variableOf(text.slice(at + 2, end)))
      at = end + 1
      continue
    }
    if (reading.includes('wildcards') && text[at] === '*') tokens.push({ is: 'any run' })
    else if (reading.includes('wildcards') && text[at] === '?') tokens.push({ is: 'any one' })
    else character(text[at]!)
    at += 1
  }
  return tokens
}

function endOfVariable(text: string, at: number): number {
  const plain = text.indexOf('}', at)
  const quote = text.indexOf("'", at)
  if (quote === -1 || quote > plain) return plain
  const quoted = text.indexOf("'}", quote + 1)
  return quoted === -1 ? plain : quoted + 1
}

function variableOf(inside: string): Token {
  if (['*', '?', '$'].includes(inside)) return { is: 'character', character: inside }
  const comma = inside.indexOf(',')
  const key = comma === -1 ? inside : inside.slice(0, comma)
  const isKey = key !== '' && ![...key].some((one) => one.trim() === '' || "'{},".includes(one))
  if (!isKey) return { is: 'nonsense' }
  if (comma === -1) return { is: 'variable', key }
  const rest = inside.slice(comma)
  if (!rest.startsWith(", '") || !rest.endsWith("'") || rest.length < 4) return { is: 'nonsense' }
  return { is: 'variable', key, fallback: rest.slice(3, -1) }
}

/** Variables replaced by their characters; undefined when one has no value. */
export function resolve(
  tokens: readonly Token[],
  values: Values,
  empty: 'empty is a value' | 'empty is none',
): readonly Token[] | undefined {
  const resolved: Token[] = []
  for (const token of tokens) {
    if (token.is === 'nonsense') return undefined
    if (token.is !== 'variable') resolved.push(token)
    else {
      const found = valueOfKey(values, token.key)
      const isUsable = typeof found === 'string' && !(found === '' && empty === 'empty is none')
      const text = isUsable ? found : token.fallback
      if (text === undefined) return undefined
      for (let at = 0; at < text.length; at += 1) resolved.push({ is: 'character', character: text[at]! })
    }
  }
  return resolved
}

export function valueOfKey(values: Values, key: string): string | readonly string[] | undefined {
  const name = Object.keys(values).find((one) => one.toLowerCase() === key.toLowerCase())
  return name === undefined ? undefined : values[name]
}

/** All ways at once: which starts of the text the tokens so far can cover. */
export function covers(tokens: readonly Token[], text: string): boolean {
  let reachable = new Set([0])
  for (const token of tokens) {
    const next = new Set<number>()
    for (const at of reachable) {
      if (token.is === 'any run') for (let to = at; to <= text.length; to += 1) next.add(to)
      else if (
        at < text.length &&
        (token.is === 'any one' || (token.is === 'character' && token.character === text[at]))
      )
        next.add(at + 1)
    }
    reachable = next
  }
  return reachable.has(text.length)
}
