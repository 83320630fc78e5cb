import type { PatternSyntax } from './pattern.ts'

/** The six parts of an ARN, the last with all further colons; undefined for what is none. */
export function splitArnText(text: string): readonly string[] | undefined {
  if (!text.startsWith('arn:')) return undefined
  const parts: string[] = []
  let start = 0
  while (parts.length < 5) {
    const colon = text.indexOf(':', start)
    if (colon < 0) return undefined
    parts.push(text.slice(start, colon))
    start = colon + 1
  }
  parts.push(text.slice(start))
  return parts
}

/** As written, at most six parts; a colon inside of `${…}` is part of a key's name and does not divide. */
export function splitArnPattern(text: string, variables: PatternSyntax['variables']): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < text.length && parts.length < 5; at += 1) {
    if (variables === 'read' && text.startsWith('${', at)) {
      const end = text.indexOf('}', at)
      if (end < 0) break
      at = end
    } else if (text[at] === ':') {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
