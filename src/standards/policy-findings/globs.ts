/** Does the pattern (`*`, `?`) stand for everything that the text stands for? Wildcards of the text are fitted by `*` alone. */
export function covers(pattern: string, text: string): boolean {
  if (!endsFit(pattern, text)) return false
  let [at, from] = [0, 0]
  let [star, mark] = [-1, 0]
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at
      mark = from
      at += 1
    } else if (pattern[at] === text[from] || (pattern[at] === '?' && text[from] !== '*')) {
      at += 1
      from += 1
    } else if (star >= 0) {
      mark += 1
      at = star + 1
      from = mark
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** What stands behind the last wildcard, and the first character, tell most pairs apart at once. */
function endsFit(pattern: string, text: string): boolean {
  const tail = pattern.slice(Math.max(pattern.lastIndexOf('*'), pattern.lastIndexOf('?')) + 1)
  const head = pattern[0]
  return text.endsWith(tail) && (head === undefined || head === '*' || head === '?' || text.startsWith(head))
}

/** Is there a text that both patterns stand for? */
export function overlap(one: string, other: string): boolean {
  // One row a character of `one`: whether what is left of both can still be the same text, for each rest of `other`.
  let below = Array.from({ length: other.length + 1 }, (_, at) => /^\**$/.test(other.slice(at)))
  for (let at = one.length - 1; at >= 0; at -= 1) {
    const row = new Array<boolean>(other.length + 1).fill(false)
    row[other.length] = one[at] === '*' && below[other.length] === true
    for (let from = other.length - 1; from >= 0; from -= 1) row[from] = meets({ one, at, other, from }, row, below)
    below = row
  }
  return below[0] === true
}

interface Meeting {
  readonly one: string
  readonly at: number
  readonly other: string
  readonly from: number
}

function meets({ one, at, other, from }: Meeting, row: readonly boolean[], below: readonly boolean[]): boolean {
  if (one[at] === '*' || other[from] === '*') return row[from + 1] === true || below[from] === true
  const fits = one[at] === other[from] || one[at] === '?' || other[from] === '?'
  return fits && below[from + 1] === true
}

export const hasWildcard = (text: string): boolean => /[*?]/.test(text)

/** The free parts of a template (`${Name}`, `<name>`) and variables of a policy may be anything. */
export const templateToGlob = (template: string): string => template.replaceAll(/\$\{[^}]*\}|<[^>]*>/g, '*')
